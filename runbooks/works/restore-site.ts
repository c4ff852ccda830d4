/** The machine part of the plan's phase 6.2: Viareggio brought up from a snapshot through its stack, then verified. */
import { desksAt, officeById } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import type { ScriptContext } from '../../scripts/context.ts';
import { verifyRestore } from '../../scripts/verify-restore.ts';
import { SiteStack, type StackPlace } from '../../stacks/engine.ts';
import type { StackEvent } from '../../stacks/engine-events.ts';
import type { RestoreSource, StackSettings } from '../../stacks/settings.ts';
import type { PlannedStep, Recorder } from '../evidence/recorder.ts';

const VERIFY_STEP = 'verify';

/** The steps in the order in which they begin; ids are the stack's resource names. */
export function restoreSteps(inventory: Inventory): PlannedStep[] {
  return [
    machine('isolation', 'Prova che Lucca tace', 'Proof that Lucca is silent', '6.2.3'),
    machine(
      'viareggio-files-restore-files',
      'Ripristino delle cartelle condivise',
      'Restore of the shares',
      '6.2.4',
    ),
    machine('viareggio-domain-restore-domain', 'Ripristino del dominio', 'Restore of the domain', '6.2.4'),
    machine('viareggio-domain-start-domain', 'Avvio del dominio', 'The domain starts', '6.2.4'),
    machine(
      'viareggio-files-serve-shares',
      'Avvio del file server nel dominio',
      'File server joins and serves',
      '6.2.4',
    ),
    ...desksAt(inventory, 'viareggio').map(({ id, office }) => {
      const { name } = officeById(inventory, office);
      return machine(`${id}-provision`, `Postazione ${id}: ${name}`, `Desk ${id}: ${name}`, '6.1.10');
    }),
    {
      step: VERIFY_STEP,
      titleIt: 'Verifica di file, dominio, diritti e postazioni',
      titleEn: 'Verification of files, domain, rights and desks',
      clause: '6.2.4',
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
  // Cut off after it, the restore is done again, and finds everything as it is.
  if (!recorder.isDone(VERIFY_STEP))
    await recorder.step(
      VERIFY_STEP,
      async () =>
        await verifyRestore(
          context,
          { site: 'viareggio', label: settings.from.label, snapshot: settings.from.snapshot },
          (check) => recorder.check(check),
        ),
      ({ checks }) =>
        `${checks.filter(({ outcome }) => outcome === 'PASS').length} PASS su / of ${checks.length}`,
    );
  recorder.verified();
}

/**
 * Turns the engine's events into steps. A resource that was there already is unchanged; one that this run has made itself, before
 * it was cut off, is on record as it is.
 */
function recordStackEvents(
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
