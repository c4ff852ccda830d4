/** The safety interlock: no domain controller starts at a site unless the other one is proved silent, or a human overrides. */
import { DrError } from '../core/errors.ts';
import type { Look } from '../platforms/network/vantage.ts';
import { requireAtRest } from './at-rest.ts';
import { runScript, type ScriptContext } from './context.ts';
import {
  describeBlind,
  describeFindings,
  type Finding,
  findingsOf,
  lookAcross,
  type Sight,
} from './look-across.ts';
import { type Override, readOverride } from './override.ts';

/**
 * exercise: everything must be able to look, nothing may answer, and no way may lead to the other network; active: at least two vantage points looked and nothing
 * answers; return: the other site's machines may be on, but serve nothing and will not begin to.
 */
export const silenceRoles = ['exercise', 'active', 'return'] as const;
export type SilenceRole = (typeof silenceRoles)[number];

export type SilenceRequest = { site: string; role: SilenceRole; override?: Override | undefined };
export type Silence = {
  changed: false;
  role: SilenceRole;
  /** The servers of the other sites, none of which answered unless it was overridden. */
  silent: string[];
  looks: Look[];
  /** Who took it on himself, why, and what was seen; null where the silence is proved. */
  overridden: null | (Override & { seen: Finding[]; couldNotLook: string[] });
};

/** Codes of the errors that say: not now, something at the other site may be at work. */
export const refusalCodes: readonly string[] = [
  'OTHER_SITE_ALIVE',
  'OTHER_NETWORK_REACHABLE',
  'LUCCA_NOT_PROVEN_SILENT',
];

const FEWEST_VANTAGE_POINTS = 2;

/**
 * Proves from `site` that no other site serves the domain.
 * @throws DrError OTHER_SITE_ALIVE naming who answered, where, seen from where; OTHER_NETWORK_REACHABLE (exercise);
 *   LUCCA_NOT_PROVEN_SILENT when too few could look; OVERRIDE_NOT_ALLOWED
 */
export async function proveSilence(context: ScriptContext, request: SilenceRequest): Promise<Silence> {
  const { site, role, override } = request;
  if (override !== undefined && role !== 'active') throw overrideRefused();
  const sight = await lookAcross(context, site, {
    presence: role !== 'return',
    wayThere: role === 'exercise',
  });
  const findings = findingsOf(sight);
  const proved = {
    changed: false,
    role,
    silent: sight.targets,
    looks: sight.looks,
    overridden: null,
  } as const;
  if (findings.length === 0 && enough(sight, role)) {
    if (role === 'return') await requireAtRest(context, site);
    return proved;
  }
  if (findings.length > 0 && override?.alive !== true) throw alive(findings, role);
  if (override === undefined) throw notProven(sight, role);
  context.progress(
    `BLOCCO SCAVALCATO da ${override.by}: ${override.why} / INTERLOCK OVERRIDDEN. ${describeFindings(findings)} ${describeBlind(sight.looks)}`,
  );
  const heard = new Set(findings.map(({ host }) => host));
  const couldNotLook = sight.looks.filter(({ looked }) => !looked).map(({ from }) => from);
  return {
    ...proved,
    silent: sight.targets.filter((name) => !heard.has(name)),
    overridden: { ...override, seen: findings, couldNotLook },
  };
}

/** The proof before an exercise and during it: no way leads to other sites, and all looked. @throws as {@link proveSilence} */
export async function proveIsolation(context: ScriptContext, site: string): Promise<Silence> {
  return await proveSilence(context, { site, role: 'exercise' });
}

function enough({ looks }: Sight, role: SilenceRole): boolean {
  const looked = looks.filter((look) => look.looked).length;
  return looked >= FEWEST_VANTAGE_POINTS && (role !== 'exercise' || looked === looks.length);
}

/** The refusal for answers that were heard; the watch says the same. */
export function alive(findings: readonly Finding[], role: SilenceRole): DrError {
  if (findings.every(({ service }) => service === 'way')) return reachable(findings);
  return new DrError(
    'OTHER_SITE_ALIVE',
    `L'altra sede risponde ancora. ${describeFindings(findings)}. Due sedi non devono servire lo stesso dominio. / The other site still answers: two sites must never serve the same domain.`,
    role === 'return'
      ? 'Fermare prima i servizi di quella sede (Viareggio: "dr return stop"), poi ripetere. / First stop serving there (Viareggio: "dr return stop"), then run again.'
      : `Spegnere quei server o staccare la linea fra le sedi, poi ripetere.${role === 'active' ? ' Solo chi sa con certezza che non servono più il dominio può aggiungere --override-by, --override-why e --override-alive.' : ''} / Power those servers off or unplug the line between the sites, then run again.`,
  );
}

function reachable(findings: readonly Finding[]): DrError {
  return new DrError(
    'OTHER_NETWORK_REACHABLE',
    `I server dell'altra sede tacciono, ma la sua rete si raggiunge: ${describeFindings(findings)}. Un'esercitazione si fa solo dove nessuna strada porta là: basterebbe che un server si accendesse. / The other site's servers are silent, but its network is reached: an exercise takes place only where no way leads there, as a server might be switched on.`,
    'Staccare la linea fra le sedi, poi ripetere. / Unplug the line between the sites, then run again.',
  );
}

function notProven({ looks }: Sight, role: SilenceRole): DrError {
  const looked = looks.filter((look) => look.looked).map(({ from }) => from);
  return new DrError(
    'LUCCA_NOT_PROVEN_SILENT',
    `Non è provato che l'altra sede tace: hanno potuto guardare ${looked.join(', ') || 'nessuno / nobody'}; non hanno potuto: ${describeBlind(looks)} / It is not proved that the other site is silent: too few vantage points could look.`,
    `Accendere e collegare quelle macchine, poi ripetere (${role === 'exercise' ? 'in esercitazione devono guardare tutte' : 'ne servono almeno due'}).${role === 'active' ? ' Oppure qualcuno se ne assume la responsabilità: --override-by RUOLO --override-why "MOTIVO".' : ''} / Power and plug those machines, then run again${role === 'active' ? '; or somebody takes it on himself with --override-by and --override-why' : ''}.`,
  );
}

function overrideRefused(): DrError {
  return new DrError(
    'OVERRIDE_NOT_ALLOWED',
    "Solo nel ruolo active il blocco si può scavalcare: un'esercitazione e un rientro si possono sempre rimandare. / Only in role active can the interlock be overridden: an exercise or a return can wait.",
    'Ripetere senza --override-by, --override-why e --override-alive. / Run again without them.',
  );
}

function readRole(text: string): SilenceRole {
  const role = silenceRoles.find((known) => known === text);
  if (role !== undefined) return role;
  throw new DrError('USAGE', `--role ${text}?`, `Ruoli / roles: ${silenceRoles.join(', ')}`);
}

if (import.meta.main) {
  await runScript(
    "Prova che i server dell'altra sede tacciono. / Proves that the other site's servers are silent.",
    {
      site: { type: 'string', required: true, help: 'sede da cui guardare / site to look from' },
      role: { type: 'string', required: true, help: silenceRoles.join(', ') },
      'override-by': {
        type: 'string',
        help: 'ruolo che se ne assume la responsabilità / role that takes it on',
      },
      'override-why': { type: 'string', help: 'e per quale motivo / and why' },
      'override-alive': {
        type: 'boolean',
        help: 'anche se qualcuno risponde / even though somebody answers',
      },
    },
    async (context, values) =>
      await proveSilence(context, {
        site: values.site,
        role: readRole(values.role),
        override: readOverride(context.inventory, {
          by: values['override-by'],
          why: values['override-why'],
          alive: values['override-alive'],
        }),
      }),
  );
}
