/** The machine steps of the return to Lucca, on real hosts; what they do is in return-to-lucca.ts, which `dr return VERB` uses too. */
import type { Check } from '../../core/check.ts';
import { DrError } from '../../core/errors.ts';
import { formatRome } from '../../core/time.ts';
import { cassetteEvent, pluggedLabel } from './plugged-cassette.ts';
import { recordStackEvents, verifyOnRecord } from './restore-site.ts';
import {
  bringLuccaUp,
  requireTakenAfterStop,
  returnBackup,
  standbyViareggio,
  stopServing,
} from './return-to-lucca.ts';
import { type SiteSurroundings, within } from './site-works.ts';
import type { Work, Works } from './work.ts';

type Surroundings = () => Promise<SiteSurroundings>;

export function returnWorks(surroundings: Surroundings): Works {
  return {
    'return-backup': backupWork(surroundings),
    'return-prepare': stopWork(surroundings),
    'return-snapshot': snapshotWork(surroundings),
    'return-restore': restoreWork(surroundings),
    'return-standby': standbyWork(surroundings),
  };
}

function backupWork(surroundings: Surroundings): Work {
  return async ({ signal }) => {
    const { context } = within(await surroundings(), signal);
    const label = await pluggedLabel(context, 'viareggio');
    const { snapshotId, manifest } = await returnBackup(context, label);
    const { entries, sizeBytes } = manifest;
    return {
      outcome: 'done',
      detail: `${label}, ${snapshotId.slice(0, 8)}: ${entries} file, ${sizeBytes} byte`,
    };
  };
}

function stopWork(surroundings: Surroundings): Work {
  return async ({ recorder, signal }) => {
    const { context } = within(await surroundings(), signal);
    const label = await pluggedLabel(context, 'viareggio');
    // From here on nobody can count on the server, also when the stop has to be tried again.
    recorder.milestone('service-stopped', 'measured');
    const { changed, snapshotId = '-' } = await stopServing(context, { site: 'viareggio', label });
    return {
      outcome: changed ? 'done' : 'unchanged',
      detail: `ultima copia / last copy: ${label}, ${snapshotId.slice(0, 8)}`,
    };
  };
}

/** What came to Lucca must be the copy that was taken after the stop, whichever cassette was carried. */
function snapshotWork(surroundings: Surroundings): Work {
  return async ({ append, signal }) => {
    const { context } = within(await surroundings(), signal);
    const label = await pluggedLabel(context, 'lucca');
    const event = await cassetteEvent(context, 'lucca', label);
    await requireTakenAfterStop(context, { id: event.snapshotId, time: event.snapshotAtUtc });
    append(event);
    return {
      outcome: 'done',
      detail: `${label}, ${event.snapshotId.slice(0, 8)}, ${formatRome(event.snapshotAtUtc)}`,
    };
  };
}

function restoreWork(surroundings: Surroundings): Work {
  return async ({ recorder, onDetail, progress, signal }) => {
    const { context, place } = within(await surroundings(), signal);
    const label = progress().cassette?.label ?? (await pluggedLabel(context, 'lucca'));
    // Chosen by the step before; where a person did that one by hand, the newest.
    const source = { label, snapshot: progress().cassette?.snapshotId ?? 'latest' };
    recorder.milestone('restore-started', 'measured');
    const events = recordStackEvents(recorder, onDetail);
    const { snapshotId: snapshot } = await bringLuccaUp(context, place, source, events);
    const wrong = await verifyOnRecord(context, { site: 'lucca', label, snapshot }, recorder);
    // What comes next is that Viareggio's data are erased: a person must say that these checks do not matter.
    if (wrong.length > 0) throw notVerified(wrong);
    return { outcome: 'done', detail: '' };
  };
}

function standbyWork(surroundings: Surroundings): Work {
  return async ({ recorder, onDetail, signal }) => {
    const { context, place } = within(await surroundings(), signal);
    const { changed } = await standbyViareggio(context, place, {
      onCheck: (check) => recorder.check(check),
      onEvent: (event) => {
        if (event.kind === 'progress' || event.kind === 'message') onDetail(event.text);
      },
    });
    return { outcome: changed ? 'done' : 'unchanged', detail: '' };
  };
}

function notVerified(wrong: readonly Check[]): DrError {
  return new DrError(
    'LUCCA_NOT_VERIFIED',
    `Lucca è ripristinata, ma queste verifiche non sono PASS: ${wrong.map(({ id }) => id).join(', ')}. / Lucca is restored, but these checks are not PASS.`,
    'Leggere le verifiche, rimediare e riprovare; oppure tornare a Viareggio, che ha ancora tutti i dati: spegnere Lucca, poi "dr return resume". / Read the checks, mend and try again; or go back to Viareggio, which still has all data: switch Lucca off, then "dr return resume".',
  );
}
