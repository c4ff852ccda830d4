/** Checks of a restored application: its data against the dump's manifest, then what a user does with it. */
import { type Check, type CheckTitle, judge, runCheck } from '../../core/check.ts';
import { toErrorRecord } from '../../core/errors.ts';
import type { Application } from '../../inventory/schema-applications.ts';
import type { RemoteHost } from '../ssh.ts';
import {
  compareApplication,
  type DumpManifest,
  databaseAnswers,
  noteArrival,
  noteVisit,
} from './application.ts';
import { type DialogueOutcome, runDialogue } from './dialogue/dialogue.ts';
import type { DialogueStep } from './dialogue/sentences.ts';

const dataParts = [
  { part: 'rows', it: 'righe di ogni tabella', en: 'rows of every table' },
  { part: 'files', it: 'file dei dati e delle impostazioni', en: 'files of data and settings' },
  { part: 'integrity', it: 'chiavi esterne e indici', en: 'foreign keys and indexes' },
] as const;

const useSteps: readonly { step: DialogueStep; it: string; en: string }[] = [
  { step: 'health', it: 'risponde', en: 'it answers' },
  { step: 'log-on', it: 'accesso di un utente', en: 'log-on of a user' },
  { step: 'read', it: 'lettura', en: 'a read' },
  { step: 'write', it: 'scrittura', en: 'a write' },
];

/**
 * The seven checks `app.<id>.*`. The data come first: what a user does leaves a row behind. Without a manifest (the snapshot does not
 * hold the application) its data can't be right.
 */
export async function verifyApplication(
  application: Application,
  place: { server: RemoteHost; desk: RemoteHost; url: string; password: string },
  manifest: DumpManifest | undefined,
): Promise<Check[]> {
  const data = await Promise.all(
    dataParts.map(({ part, it, en }) =>
      runCheck(title(application, part, it, en), async () => {
        if (manifest === undefined) return judge([notInSnapshot], '');
        const { wrong, good } = await compareApplication(place.server, application, part, manifest);
        return judge(wrong, good);
      }),
    ),
  );
  const rowsAreRight = data.some(({ id, outcome }) => id.endsWith('.rows') && outcome === 'PASS');
  if (rowsAreRight) await noteArrival(place.server, application);
  const used = await verifyUse(application, place);
  if (rowsAreRight && manifest !== undefined) await noteVisit(place.server, application, manifest);
  return [...data, ...used];
}

const notInSnapshot =
  "Lo snapshot non contiene l'applicazione. / The snapshot does not hold the application.";

async function verifyUse(
  application: Application,
  { server, desk, url, password }: { server: RemoteHost; desk: RemoteHost; url: string; password: string },
): Promise<Check[]> {
  const { account, health, dialogue } = application;
  const had = runDialogue(desk, { url, account, password, health, dialogue });
  // A page that answers with an error tells a person little: the reason most often is behind it.
  const silent = had.then(async (outcomes) =>
    outcomes.some(({ outcome }) => outcome === 'FAIL')
      ? await whyDatabaseSilent(server, application)
      : undefined,
  );
  silent.catch(() => undefined);
  return await Promise.all(
    useSteps.map(async ({ step, it, en }) => {
      const about = title(application, step, it, en);
      const check = await runCheck(about, async () => {
        const found = (await had).find((one) => one.step === step);
        if (found === undefined || found.outcome === 'NOT VERIFIABLE')
          throw new Error(found?.evidence ?? step);
        return { outcome: found.outcome, evidence: await withReason(found, silent) };
      });
      return check;
    }),
  );
}

async function withReason(found: DialogueOutcome, silent: Promise<string | undefined>): Promise<string> {
  const reason = found.outcome === 'FAIL' ? await silent : undefined;
  return reason === undefined ? found.evidence : `${found.evidence}\n${reason}`;
}

async function whyDatabaseSilent(server: RemoteHost, application: Application): Promise<string | undefined> {
  try {
    await databaseAnswers(server, application);
    return undefined;
  } catch (error) {
    return `L'applicazione è accesa, ma la sua base dati non è raggiungibile. / The application is up, but its database cannot be reached. ${toErrorRecord(error).message}`;
  }
}

function title({ id, nameIt, nameEn }: Application, part: string, it: string, en: string): CheckTitle {
  return { id: `app.${id}.${part}`, titleIt: `${nameIt}: ${it}`, titleEn: `${nameEn}: ${en}` };
}
