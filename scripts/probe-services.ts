/** Do the suppliers' services answer at the desks of a site, through each of its lines? */
import type { Check, CheckOutcome } from '../core/check.ts';
import { toErrorRecord } from '../core/errors.ts';
import { monotonicMs, utcNow } from '../core/time.ts';
import {
  applicationServerAt,
  applicationsAt,
  deskById,
  desksAt,
  lineById,
  linesAt,
  printerAt,
} from '../inventory/lookup.ts';
import type { Desk, Inventory } from '../inventory/schema.ts';
import type { Endpoint, Line } from '../inventory/schema-endpoints.ts';
import { type DeskServices, lookAtServices } from '../platforms/linux/verify-desk.ts';
import {
  deskAheadSeconds,
  type ExpectedEndpoint,
  judgeEndpoint,
  judgeLine,
} from '../platforms/probe/judge.ts';
import {
  type ApplicationSeen,
  type DeskLook,
  lookFromDesk,
  type ProbeRequest,
} from '../platforms/probe/probe.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';

/** What one desk saw of one endpoint through one line. */
export type ProbeResult = {
  desk: string;
  line: string;
  endpoint: string;
  serviceClass: string;
  outcome: CheckOutcome;
  evidence: string;
};
/** A line that leads nowhere from a desk; said once for all that was asked through it. */
export type DeadLine = { desk: string; line: string; outcome: CheckOutcome; evidence: string };
/** What else a desk needs; undefined where it could not look. */
export type DeskFacts = {
  desk: string;
  services: DeskServices | undefined;
  applications: ApplicationSeen[];
};
export type ServicesLook = {
  probes: ProbeResult[];
  deadLines: DeadLine[];
  desks: DeskFacts[];
  durationMs: number;
};

export type ProbeChoice = { site: string; desk?: string | undefined; line?: string | undefined };

/**
 * Looks from all desks at once. A desk that can't look makes its results NOT VERIFIABLE; it can't fail.
 * @throws DrError INVENTORY_LOOKUP for a desk or a line that the inventory does not have
 */
export async function probeServices(context: ScriptContext, choice: ProbeChoice): Promise<ServicesLook> {
  const { inventory } = context;
  const started = monotonicMs();
  const desks =
    choice.desk === undefined ? desksAt(inventory, choice.site) : [deskById(inventory, choice.desk)];
  const lines =
    choice.line === undefined ? linesAt(inventory, choice.site) : [lineById(inventory, choice.line)];
  const request = requestOf(inventory, choice.site, lines);
  const looks = await Promise.all(desks.map(async (desk) => await lookFrom(context, desk, lines, request)));
  return {
    probes: looks.flatMap(({ probes }) => probes),
    deadLines: looks.flatMap(({ deadLines }) => deadLines),
    desks: looks.map(({ facts }) => facts),
    durationMs: monotonicMs() - started,
  };
}

function requestOf(inventory: Inventory, site: string, lines: readonly Line[]): ProbeRequest {
  return {
    lines: lines.map(({ id, gateway, resolver }) => ({ id, gateway, resolver })),
    endpoints: inventory.endpoints.map(({ id, url, expects }) => {
      const { hostname, port, pathname, search } = new URL(url);
      return {
        id,
        host: hostname,
        port: port === '' ? 443 : Number(port),
        path: `${pathname}${search}`,
        contains: expects.contains,
      };
    }),
    applications: applicationsAt(inventory, site).map(({ id, port, health }) => ({
      id,
      address: applicationServerAt(inventory, site)?.address ?? '',
      port,
      path: health.path,
      contains: health.contains ?? null,
    })),
  };
}

type LookFrom = { probes: ProbeResult[]; deadLines: DeadLine[]; facts: DeskFacts };

async function lookFrom(
  { inventory, access }: ScriptContext,
  desk: Desk,
  lines: readonly Line[],
  request: ProbeRequest,
): Promise<LookFrom> {
  try {
    return await withHost(access, desk.workstation, async (host) => {
      const [look, services] = await Promise.all([
        lookFromDesk(host, request),
        lookAtServices(host, {
          printer: printerAt(inventory, desk.site),
          units: inventory.workstationServices.map(({ unit }) => unit),
        }).catch(() => undefined),
      ]);
      const facts = { desk: desk.id, services, applications: look.applications };
      return { ...judgeLook(inventory.endpoints, desk.id, lines, look), facts };
    });
  } catch (error) {
    const { message } = toErrorRecord(error);
    const blind = { outcome: 'NOT VERIFIABLE', evidence: message } as const;
    return {
      probes: lines.flatMap((line) =>
        inventory.endpoints.map((endpoint) => ({ ...resultOf(desk.id, line, endpoint), ...blind })),
      ),
      deadLines: [],
      facts: { desk: desk.id, services: undefined, applications: [] },
    };
  }
}

/** Pure: a desk's look as results, one for each line and endpoint. */
export function judgeLook(
  endpoints: readonly Endpoint[],
  desk: string,
  lines: readonly Line[],
  look: DeskLook,
): Omit<LookFrom, 'facts'> {
  const deskAhead = deskAheadSeconds(look);
  const nowUtc = utcNow();
  const dead = lines.flatMap((line) => {
    const judged = judgeLine(look, line);
    return judged === undefined ? [] : [{ desk, line: line.id, ...judged }];
  });
  const probes = lines.flatMap((line) => {
    const nowhere = dead.find((one) => one.line === line.id);
    return endpoints.map((endpoint) => {
      const seen = look.seen.find((one) => one.line === line.id && one.endpoint === endpoint.id);
      const judged =
        nowhere ?? judgeEndpoint(seen, expectedOf(endpoint), { resolver: line.resolver, deskAhead, nowUtc });
      return { ...resultOf(desk, line, endpoint), outcome: judged.outcome, evidence: judged.evidence };
    });
  });
  return { probes, deadLines: dead };
}

function expectedOf({ url, expects, authority, addresses }: Endpoint): ExpectedEndpoint {
  return { host: new URL(url).hostname, ...expects, authority, addresses };
}

function resultOf(
  desk: string,
  line: Line,
  { id, serviceClass }: Endpoint,
): Omit<ProbeResult, 'outcome' | 'evidence'> {
  return { desk, line: line.id, endpoint: id, serviceClass };
}

/** One line is enough to work with: PASS through any, FAIL through all, else nobody knows. */
export function overLines(results: readonly Pick<ProbeResult, 'outcome'>[]): CheckOutcome {
  if (results.some(({ outcome }) => outcome === 'PASS')) return 'PASS';
  return results.length > 0 && results.every(({ outcome }) => outcome === 'FAIL') ? 'FAIL' : 'NOT VERIFIABLE';
}

/** One check for each service class that has an endpoint: from every desk, through at least one line. */
export function serviceChecks(inventory: Inventory, look: ServicesLook): Check[] {
  const classes = inventory.serviceClasses.filter(({ id }) =>
    look.probes.some(({ serviceClass }) => serviceClass === id),
  );
  return classes.map(({ id, name }) => {
    const results = look.probes.filter(({ serviceClass }) => serviceClass === id);
    const title = {
      id: `service.${id}`,
      titleIt: `Risponde alle postazioni: ${name}`,
      titleEn: `Answers at the desks: ${name}`,
    };
    return { ...title, ...judgeClass(inventory, results, look.deadLines), durationMs: look.durationMs };
  });
}

/** Pure. The worst of desks and endpoints counts, and what is wrong is said once for all who see it. */
export function judgeClass(
  inventory: Pick<Inventory, 'endpoints' | 'lines'>,
  results: readonly ProbeResult[],
  deadLines: readonly DeadLine[],
): { outcome: CheckOutcome; evidence: string } {
  const places = Map.groupBy(results, ({ desk, endpoint }) => `${desk} ${endpoint}`);
  const outcomes = [...places.values()].map((seen) => ({ seen, outcome: overLines(seen) }));
  const outcome =
    (['FAIL', 'NOT VERIFIABLE'] as const).find((bad) => outcomes.some((one) => one.outcome === bad)) ??
    'PASS';
  const bad = outcomes.filter((one) => one.outcome !== 'PASS').flatMap(({ seen }) => seen);
  const degraded = outcomes
    .filter((one) => one.outcome === 'PASS')
    .flatMap(({ seen }) => seen)
    .filter((one) => one.outcome !== 'PASS');
  const sentences = [
    ...together(inventory, bad, deadLines),
    ...(degraded.length === 0
      ? []
      : ['Su una sola linea / on one line only:', ...together(inventory, degraded, deadLines)]),
  ];
  const desks = new Set(results.map(({ desk }) => desk)).size;
  const good = `${new Set(results.map(({ endpoint }) => endpoint)).size} punti di accesso da / endpoints from ${desks} postazioni / desks`;
  return { outcome, evidence: outcome === 'PASS' ? [good, ...sentences].join('\n') : sentences.join('\n') };
}

/** What several desks or endpoints have in common, as one sentence: a dead line concerns all that was asked through it. */
function together(
  { endpoints, lines }: Pick<Inventory, 'endpoints' | 'lines'>,
  results: readonly ProbeResult[],
  deadLines: readonly DeadLine[],
): string[] {
  const isDead = ({ desk, line }: ProbeResult): boolean =>
    deadLines.some((dead) => dead.desk === desk && dead.line === line);
  const named = results.map((result) => ({
    result,
    about: isDead(result) ? '' : hostOf(endpoints, result.endpoint),
  }));
  const groups = Map.groupBy(named, ({ result, about }) => `${about} ${result.evidence}`);
  return [...groups.values()].map((group) => {
    const about = group[0]?.about ?? '';
    const evidence = group[0]?.result.evidence ?? '';
    const where = [
      [...new Set(group.map(({ result }) => result.desk))].join(', '),
      [...new Set(group.map(({ result }) => nameOf(lines, result.line)))].join(', '),
    ].join('; ');
    return `${[about, where].filter(Boolean).join(' ← ')}: ${evidence}`;
  });
}

function hostOf(endpoints: readonly Endpoint[], id: string): string {
  const url = endpoints.find((endpoint) => endpoint.id === id)?.url;
  return url === undefined ? id : new URL(url).hostname;
}

function nameOf(lines: readonly Line[], id: string): string {
  const line = lines.find((one) => one.id === id);
  return line === undefined ? id : `${line.nameIt} / ${line.nameEn}`;
}

if (import.meta.main) {
  await runScript(
    "Sonda i servizi dei fornitori dalle postazioni di una sede. / Probes suppliers' services from the desks of a site.",
    {
      site: { type: 'string', required: true, help: 'sede / site' },
      desk: { type: 'string', help: 'solo da questa postazione / from this desk only' },
      line: { type: 'string', help: 'solo da questa linea / through this line only' },
    },
    async (context, choice) => {
      const look = await probeServices(context, choice);
      const checks = serviceChecks(context.inventory, look);
      if (checks.some(({ outcome }) => outcome !== 'PASS')) process.exitCode = 1;
      return { changed: false, checks, probes: look.probes, deadLines: look.deadLines };
    },
  );
}
