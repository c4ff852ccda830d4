/**
 * Names: each stands once, and every reference leads somewhere. Works on the plain YAML values, by the tables below,
 * so that it still tells everything when some entry does not fit the schema.
 */
import { type Finding, finding, type Locate, type Path } from './findings.ts';
import { childOf, isGroup } from './plain.ts';

type Pattern = string;
type Match = { path: Path; value: string | number };

/** Patterns share one name space; `within` is how many leading steps of the path two names must share to collide. */
type UniqueRule = { patterns: Pattern[]; within?: number; ignoreCase?: boolean };

export const uniqueRules: readonly UniqueRule[] = [
  ...[
    'documents.*.id',
    'milestones.*.id',
    'opinionConditions.*.number',
    'organisation.*.id',
    'roles.*.id',
    'teams.*.id',
    'availability.*.id',
    'suppliers.*.id',
    'solutions.*.id',
    'scenarios.*.id',
    'actions.*.id',
    'actions.*.source.clause',
    'frontOfficeServices.*.id',
    'openingHours.*.id',
    'recurringDuties.*.id',
    'sites.*.id',
    'powerDraw.*.device',
    'desks.*.id',
    'desks.*.workstation',
    'offices.*.id',
    'offices.*.name',
    'cassettes.*.serial',
    'shortcuts.*.name',
    'lines.*.id',
    'endpoints.*.id',
    'endpoints.*.url',
    'workstationServices.*.name',
    'shares.*.office',
    'applications.*.id',
    'declaredChanges.*.serviceClass',
  ].map((pattern) => ({ patterns: [pattern] })),
  { patterns: ['serviceClasses.*.id', 'outOfScopeServices.*.id', 'certifiedServices.*.id'] },
  { patterns: ['hosts.*.name', 'printers.*.name'], ignoreCase: true },
  { patterns: ['hosts.*.address', 'sites.*.network.gateway', 'lines.*.gateway'] },
  // Groups and accounts are one name space in Active Directory, and it knows no case.
  { patterns: ['offices.*.group', 'groups.*.name', 'offices.*.accounts.*'], ignoreCase: true },
  { patterns: ['shares.*.name'], ignoreCase: true },
  { patterns: ['shares.*.folder'], ignoreCase: true },
  { patterns: ['cassettes.*.label'], ignoreCase: true },
  { patterns: ['shares.*.folders.*.path'], within: 2, ignoreCase: true },
  { patterns: ['applications.*.folders.*'] },
  { patterns: ['sites.*.rooms.*.id'], within: 2 },
  { patterns: ['groups.*.members.*'], within: 2, ignoreCase: true },
  { patterns: ['teams.*.offices.*.office'], within: 2 },
  { patterns: ['teams.*.roles.*'], within: 2 },
  { patterns: ['serviceClasses.*.plan.components.*'], within: 2 },
  { patterns: ['serviceClasses.*.study.listed.components.*'], within: 2 },
  { patterns: ['serviceClasses.*.study.summary.solutions.*.solution'], within: 2 },
  { patterns: ['solutions.*.covers.*.serviceClass'], within: 2 },
];

/** What can be referred to: the patterns of its names, and names that exist without being in the inventory. */
const kinds = {
  site: { it: 'sede', en: 'site', names: ['sites.*.id'] },
  host: { it: 'host', en: 'host', names: ['hosts.*.name'] },
  office: { it: 'ufficio', en: 'office', names: ['offices.*.id'] },
  unit: {
    it: "ufficio dell'organigramma",
    en: 'unit of the organisation chart',
    names: ['organisation.*.id'],
  },
  printer: { it: 'stampante', en: 'printer', names: ['printers.*.name'] },
  group: { it: 'gruppo', en: 'group', names: ['offices.*.group', 'groups.*.name'] },
  trustee: {
    it: 'gruppo o utente',
    en: 'group or account',
    names: ['offices.*.group', 'groups.*.name', 'offices.*.accounts.*'],
    builtIn: ['Domain Admins'],
  },
  role: { it: 'ruolo', en: 'role', names: ['roles.*.id'] },
  team: { it: 'team', en: 'team', names: ['teams.*.id'] },
  supplier: { it: 'fornitore', en: 'supplier', names: ['suppliers.*.id'] },
  serviceClass: { it: 'classe di servizi', en: 'service class', names: ['serviceClasses.*.id'] },
  certified: { it: 'servizio certificato', en: 'certified service', names: ['certifiedServices.*.id'] },
  solution: { it: 'soluzione', en: 'solution', names: ['solutions.*.id'] },
  endpoint: { it: 'punto di accesso', en: 'endpoint', names: ['endpoints.*.id'] },
  workstationService: {
    it: 'servizio delle postazioni',
    en: 'workstation service',
    names: ['workstationServices.*.name'],
  },
  frontOffice: {
    it: 'servizio di sportello',
    en: 'front-office service',
    names: ['frontOfficeServices.*.id'],
  },
} satisfies Record<string, { it: string; en: string; names: Pattern[]; builtIn?: string[] }>;
type Kind = { it: string; en: string; names: Pattern[]; builtIn?: string[] };

export const referenceRules: readonly { pattern: Pattern; kind: Kind }[] = [
  ...references(kinds.site, [
    'hosts.*.site',
    'desks.*.site',
    'printers.*.site',
    'lines.*.site',
    'cassettes.*.homeSite',
    'rotation.custody.site',
    'solutions.*.production.site',
    'solutions.*.recovery.site',
  ]),
  ...references(kinds.host, [
    'desks.*.workstation',
    'applications.*.servers.lucca',
    'applications.*.servers.viareggio',
  ]),
  ...references(kinds.office, ['desks.*.office', 'shares.*.office', 'teams.*.offices.*.office']),
  ...references(kinds.unit, ['offices.*.organisationUnits.*']),
  ...references(kinds.printer, ['offices.*.printer']),
  ...references(kinds.group, ['groups.*.members.*']),
  ...references(kinds.trustee, ['shares.*.acl.*.trustee', 'shares.*.folders.*.acl.*.trustee']),
  ...references(kinds.role, [
    'sites.*.keysHeldByRoles.*',
    'roles.*.sameAs',
    'teams.*.roles.*',
    'availability.*.roles.*',
    'escalation.detectedBy',
    'escalation.assessedBy',
    'escalation.declaredBy.role',
    'actions.*.responsible',
    'actions.*.with.*',
  ]),
  ...references(kinds.team, ['sharedStaff.*.teams.*']),
  ...references(kinds.supplier, [
    'serviceClasses.*.plan.supplier',
    'serviceClasses.*.study.listed.outsourcer',
    'solutions.*.operator',
  ]),
  ...references(kinds.serviceClass, [
    'declaredChanges.*.serviceClass',
    'solutions.*.rpoExceptions.*.serviceClasses.*',
    'solutions.*.rpoExplained.*.serviceClass',
    'solutions.*.covers.*.serviceClass',
    'frontOfficeServices.*.serviceClasses.*',
    'openingHours.*.serviceClasses.*',
    'applications.*.serviceClass',
    'endpoints.*.serviceClass',
    'targets.fileServerAndDomain.fromServiceClass',
  ]),
  ...references(kinds.certified, [
    'frontOfficeServices.*.certifiedServices.*',
    'endpoints.*.certifiedServices.*',
  ]),
  ...references(kinds.solution, ['serviceClasses.*.study.summary.solutions.*.solution']),
  ...references(kinds.endpoint, ['shortcuts.*.endpoint']),
  ...references(kinds.workstationService, ['frontOfficeServices.*.needs.workstationServices.*']),
  ...references(kinds.frontOffice, ['desks.*.frontOfficeService']),
];

function references(kind: Kind, patterns: Pattern[]): { pattern: Pattern; kind: Kind }[] {
  return patterns.map((pattern) => ({ pattern, kind }));
}

/** Everything that `pattern` leads to in `data`; `*` stands for any entry of a list. Only texts and numbers count as names. */
export function matches(data: unknown, pattern: Pattern): Match[] {
  let found: { path: (string | number)[]; value: unknown }[] = [{ path: [], value: data }];
  for (const step of pattern.split('.')) {
    found = found.flatMap(({ path, value }) => {
      if (step === '*') {
        const items: unknown[] = Array.isArray(value) ? value : [];
        return items.map((item, index) => ({ path: [...path, index], value: item }));
      }
      return [{ path: [...path, step], value: childOf(value, step) }];
    });
  }
  return found.flatMap(({ path, value }) =>
    typeof value === 'string' || typeof value === 'number' ? [{ path, value }] : [],
  );
}

/** A finding for each name that stands a second time, at its second place. */
export function duplicateFindings(data: unknown, locate: Locate): Finding[] {
  return uniqueRules.flatMap((rule) => {
    const firstPlaces = new Map<string, Path>();
    return rule.patterns
      .flatMap((pattern) => matches(data, pattern))
      .flatMap(({ path, value }) => {
        const name = rule.ignoreCase === true ? String(value).toLowerCase() : String(value);
        const key = JSON.stringify([path.slice(0, rule.within ?? 0), name]);
        const first = firstPlaces.get(key);
        if (first === undefined) {
          firstPlaces.set(key, path);
          return [];
        }
        const { file, line } = locate(first);
        return [
          finding(
            'error',
            'DUPLICATE',
            locate(path),
            {
              it: `"${value}" c'è già in ${file}:${line}`,
              en: `"${value}" already stands in ${file}:${line}`,
            },
            {
              it: 'Dare un nome diverso o togliere il doppione.',
              en: 'Give it another name, or take one out.',
            },
          ),
        ];
      });
  });
}

/** A finding for each reference to a name that is nowhere. A kind whose own file could not be read is left alone. */
export function danglingFindings(data: Record<string, unknown>, locate: Locate): Finding[] {
  return referenceRules.flatMap(({ pattern, kind }) => {
    if (kind.names.some((names) => data[names.split('.')[0] ?? ''] === undefined)) return [];
    const known = [
      ...kind.names.flatMap((names) => matches(data, names).map(({ value }) => String(value))),
      ...(kind.builtIn ?? []),
    ];
    return matches(data, pattern)
      .filter(({ value }) => !known.includes(String(value)))
      .map(({ path, value }) =>
        finding(
          'error',
          'UNKNOWN_REFERENCE',
          locate(path),
          {
            it: `${kind.it} sconosciuto/a: "${value}"`,
            en: `unknown ${kind.en}: "${value}"`,
          },
          { it: `Esistono: ${known.join(', ')}.`, en: `There are: ${known.join(', ')}.` },
        ),
      );
  });
}

/** A finding for each source whose document, or whose clause in it, is not in documents.yaml. */
export function sourceFindings(data: Record<string, unknown>, locate: Locate): Finding[] {
  if (data['documents'] === undefined) return [];
  const clauses = matches(data, 'documents.*.clauses.*');
  const clausesOf = new Map(
    matches(data, 'documents.*.id').map(({ path, value }) => [
      String(value),
      clauses.filter((clause) => clause.path[1] === path[1]).map((clause) => String(clause.value)),
    ]),
  );
  return sourcesIn(data, []).flatMap(({ path, document, clause }) => {
    const known = clausesOf.get(document);
    if (known?.includes(clause) === true) return [];
    const message =
      known === undefined
        ? { it: `documento sconosciuto: "${document}"`, en: `unknown document: "${document}"` }
        : {
            it: `il documento "${document}" non ha il punto "${clause}"`,
            en: `document "${document}" has no clause "${clause}"`,
          };
    return [
      finding('error', 'UNKNOWN_SOURCE', locate(path), message, {
        it: 'Documenti e punti sono elencati in documents.yaml.',
        en: 'Documents and clauses are listed in documents.yaml.',
      }),
    ];
  });
}

type Cited = { path: Path; document: string; clause: string };

/** Every source below `value`: an object with a document and a clause; `repeatedIn` names more clauses of the same document. */
function sourcesIn(value: unknown, path: Path): Cited[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => sourcesIn(item, [...path, index]));
  if (!isGroup(value)) return [];
  const { document, clause, source, repeatedIn } = value;
  if (typeof document === 'string' && typeof clause === 'string') return [{ path, document, clause }];
  const below = Object.entries(value).flatMap(([key, child]) => sourcesIn(child, [...path, key]));
  if (!Array.isArray(repeatedIn)) return below;
  const ofDocument = sourcesIn(source, [])[0]?.document ?? '';
  const again = repeatedIn.map((name, index) => ({
    path: [...path, 'repeatedIn', index],
    document: ofDocument,
    clause: String(name),
  }));
  return [...below, ...again];
}
