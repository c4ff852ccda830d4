/** The machine part of the plan's phase 6.2: Viareggio brought up from a snapshot through its stack, then verified. */
import type { Check } from '../../core/check.ts';
import { applicationsAt, officeById, seatsAt } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import type { ScriptContext } from '../../scripts/context.ts';
import { type VerifyRequest, verifyRestore } from '../../scripts/verify-restore.ts';
import { SiteStack, type StackPlace } from '../../stacks/engine.ts';
import type { StackEvent } from '../../stacks/engine-events.ts';
import type { RestoreSource, SiteName, StackSettings } from '../../stacks/settings.ts';
import type { PlannedStep, Recorder } from '../evidence/recorder.ts';

const VERIFY_STEP = 'verify';
/** After it the domain starts. */
export const ISOLATION_PART = 'isolation';

/** The site that is silent while the other one comes up, and the plan's clauses for proof, servers and desks. */
const restored = {
  viareggio: { silent: 'Lucca', clauses: { proof: '6.2.3', servers: '6.2.4', desks: '6.1.10' } },
  lucca: { silent: 'Viareggio', clauses: { proof: '3.4', servers: '3.4', desks: '3.4' } },
} as const;

/** The steps in the order in which they begin; ids are the stack's resource names. */
export function restoreSteps(inventory: Inventory, site: SiteName): PlannedStep[] {
  const { silent, clauses } = restored[site];
  return [
    machine(ISOLATION_PART, `Prova che ${silent} tace`, `Proof that ${silent} is silent`, clauses.proof),
    machine(
      `${site}-files-restore-files`,
      'Ripristino delle cartelle condivise',
      'Restore of the shares',
      clauses.servers,
    ),
    machine(
      `${site}-domain-restore-domain`,
      'Ripristino del dominio',
      'Restore of the domain',
      clauses.servers,
    ),
    machine(`${site}-domain-start-domain`, 'Avvio del dominio', 'The domain starts', clauses.servers),
    machine(
      `${site}-files-serve-shares`,
      'Avvio del file server nel dominio',
      'File server joins and serves',
      clauses.servers,
    ),
    ...applicationsAt(inventory, site).flatMap(({ id, nameIt, nameEn }) => [
      machine(
        `${id}-restore-application`,
        `Ripristino di: ${nameIt}`,
        `Restore of: ${nameEn}`,
        clauses.servers,
      ),
      machine(`${id}-start-application`, `Avvio di: ${nameIt}`, `Start of: ${nameEn}`, clauses.servers),
    ]),
    ...seatsAt(inventory, site).map(({ id, office }) => {
      const { name } = officeById(inventory, office);
      return machine(`${id}-provision`, `Postazione ${id}: ${name}`, `Desk ${id}: ${name}`, clauses.desks);
    }),
    {
      step: VERIFY_STEP,
      titleIt: 'Verifica di file, dominio, applicazioni, diritti e postazioni',
      titleEn: 'Verification of files, domain, applications, rights and desks',
      clause: clauses.servers,
      kind: 'check',
      interval: 'machine',
    },
  ];
}

export type RestoreHooks = {
  /** A line about the step that runs. */
  onDetail?: (text: string) => void;
  /** Runs between restore and verification (the lab's deliberate damage). */
  beforeVerification?: () => Promise<void>;
};

/**
 * Brings the site up and verifies it, recording every step. An interrupted run is continued by calling it again.
 * @throws DrError of the first script that failed
 */
export async function restoreSite(
  context: ScriptContext,
  place: StackPlace,
  settings: Exclude<StackSettings, { role: 'standby' }> & { from: RestoreSource },
  recorder: Recorder,
  hooks: RestoreHooks = {},
): Promise<void> {
  recorder.milestone('restore-started', 'measured');
  const stack = await SiteStack.open('viareggio', settings, place);
  await stack.up(recordStackEvents(recorder, hooks.onDetail));
  await hooks.beforeVerification?.();
  const { label, snapshot } = settings.from;
  await verifyOnRecord(context, { site: 'viareggio', label, snapshot }, recorder);
}

/** Verifies a restored site, with every check on record; gives those that are not PASS. Cut off after it, it is not done again. */
export async function verifyOnRecord(
  context: ScriptContext,
  request: VerifyRequest,
  recorder: Recorder,
): Promise<Check[]> {
  if (!recorder.isDone(VERIFY_STEP))
    await recorder.step(
      VERIFY_STEP,
      async () => {
        const verified = await verifyRestore(context, request, (check) => recorder.check(check));
        recorder.services(verified.probes, verified.readiness);
        return verified;
      },
      ({ checks }) =>
        `${checks.filter(({ outcome }) => outcome === 'PASS').length} PASS su / of ${checks.length}`,
    );
  recorder.verified();
  return recorder.notPassed();
}

/**
 * Turns the engine's events into steps. A resource that was there already is unchanged; one that this run has made itself, before
 * it was cut off, is on record as it is.
 */
export function recordStackEvents(
  recorder: Recorder,
  onDetail: (text: string) => void = () => undefined,
): (event: StackEvent) => void {
  return (event) => {
    const ours = 'operation' in event && event.operation === 'same' && recorder.isDone(event.resource);
    if (ours) return;
    switch (event.kind) {
      case 'started':
        recorder.begin(event.resource);
        break;
      case 'finished':
        recorder.end(event.resource, event.operation === 'same' ? 'unchanged' : 'done');
        break;
      case 'failed':
        recorder.end(event.resource, 'failed');
        break;
      case 'progress':
      case 'message':
        onDetail(event.text);
        break;
    }
  };
}

function machine(step: string, titleIt: string, titleEn: string, clause: string): PlannedStep {
  return { step, titleIt, titleEn, clause, kind: 'machine', interval: 'machine' };
}
