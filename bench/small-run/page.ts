/** The live page of a small run, served by the process that executes it, with the letter that its people are to read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actOn } from '../../cli/live.ts';
import { serveLive } from '../../report/live/server.ts';
import type { EvidenceLog } from '../../runbooks/evidence/evidence.ts';
import { sourceOfLog } from '../../runbooks/view/run-source.ts';
import type { StepView } from '../../runbooks/view/run-view.ts';
import type { Mailroom } from '../../runbooks/works/work.ts';
import { type ChildSettings, smallRunbook } from './runbook.ts';

const roles = {
  rco: { it: 'Responsabile', en: 'Manager' },
  'ufficio-tecnico': { it: 'Ufficio tecnico', en: 'Technical office' },
  provveditore: { it: 'Provveditore', en: 'Procurement officer' },
  'ufficio-stampa': { it: 'Ufficio stampa', en: 'Press office' },
};

const letter: NonNullable<StepView['letter']> = {
  to: ['comitato di crisi'],
  subject: 'Convocazione',
  text: 'Ci si trova a Viareggio.',
};

export async function servePage(settings: ChildSettings, log: EvidenceLog): Promise<void> {
  const { page, runId, databaseUrl } = settings;
  if (page === undefined) return;
  if (log.records.length === 0)
    await new Promise<void>((resolve) => {
      log.subscribe(() => resolve());
    });
  const viewing = { runbook: smallRunbook(settings), roles, letterOf: () => letter, pastRuns: [] };
  const act = actOn({
    runId,
    databaseUrl,
    settings: {
      kind: 'restore',
      scenario: 'D1',
      locale: 'it',
      reportsDirectory: settings.directory,
      place: { inventory: page.personFolder },
    },
  });
  const source = sourceOfLog(log, viewing);
  const { url } = await serveLive({ source, act, port: page.port, locale: 'it' });
  process.stdout.write(`page ${url}\n`);
}

/** Sends a letter by putting it into the run's folder. */
export function folderMailroom(directory: string): Mailroom {
  return async ({ step }) => {
    const folder = join(directory, 'letters');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${step.id}.eml`), `Subject: ${letter.subject}\n\n${letter.text}\n`);
    return await Promise.resolve({ outcome: 'done', detail: `letters/${step.id}.eml` });
  };
}
