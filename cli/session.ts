/** Executes a run in this terminal: the screen, the live page, Ctrl-C, and the exit status at the end. */

import { toErrorRecord } from '../core/errors.ts';
import { whenTold } from '../core/signals.ts';
import { type DrillHooks, drill, resumeDrill } from '../lab/drill.ts';
import { DRILL_LAB } from '../lab/drill-works.ts';
import { labDown } from '../lab/lab.ts';
import { databaseFolder } from '../lab/paths.ts';
import { databaseProcesses, familyOf, killAll } from '../platforms/processes.ts';
import { serveLive } from '../report/live/server.ts';
import { createScreen, screenMode } from '../report/screen.ts';
import { whatWasDecided } from '../report/sections/decided.ts';
import type { WrittenReport } from '../report/write.ts';
import { openDatabase, stopDatabaseUnlessUsed } from '../runbooks/durable/postgres.ts';
import type { EvidenceLog } from '../runbooks/evidence/evidence.ts';
import { sourceOfLog } from '../runbooks/view/run-source.ts';
import { actOn } from './live.ts';
import type { RunSettings } from './run-settings.ts';
import { viewingOf } from './runs.ts';
import { siteRun } from './site-run.ts';

export type SessionOptions = {
  runId: string;
  settings: RunSettings;
  /** The run was begun before. */
  resumed: boolean;
  json: boolean;
  /** Serve the live page, on this port (0: any). */
  page?: number | undefined;
};

/** Runs to the end and gives the exit status: 0 every target met and every check PASS, or all declared by people; 1 not; 2 not carried out. */
export async function runSession(options: SessionOptions): Promise<number> {
  const { settings, json } = options;
  const screen = createScreen({
    stream: process.stdout,
    mode: screenMode(process.stdout, json),
    locale: settings.locale,
  });
  const page = new LivePage(options);
  const hooks: DrillHooks = {
    attach: (log) => {
      screen.attach(log);
      page.open(log);
    },
    onDetail: (text) => screen.detail(text),
  };
  const endEarly = endings(options, () => screen.close());
  try {
    const { report, htmlPath } = await execute(options, hooks);
    screen.close();
    const decided = whatWasDecided(report);
    if (!json && decided !== undefined) process.stdout.write(`${decided.it} / ${decided.en}\n`);
    if (!json) process.stdout.write(`Rapporto / Report: ${htmlPath}\n`);
    return report.verdict.exitStatus;
  } finally {
    screen.close();
    endEarly.stop();
    await page.close();
    await stopDatabaseUnlessUsed(databaseFolder());
  }
}

async function execute(
  { runId, settings, resumed }: SessionOptions,
  hooks: DrillHooks,
): Promise<WrittenReport> {
  if (settings.kind !== 'drill') return await siteRun(runId, settings, hooks);
  return resumed ? await resumeDrill(runId, settings, hooks) : await drill(runId, settings, hooks);
}

/** An attended run is answered from it. */
class LivePage {
  readonly #options: SessionOptions;
  #opened: Promise<{ close: () => Promise<void> }> | undefined;
  #log: EvidenceLog | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  open(log: EvidenceLog): void {
    const { page, runId, settings } = this.#options;
    if (page === undefined) return;
    this.#log = log;
    this.#opened = (async () => {
      await firstRecord(log); // there is nothing to show before, and the run must not wait for the page
      const viewing = await viewingOf(runId, settings);
      const source = sourceOfLog(log, viewing);
      const databaseUrl = await openDatabase(databaseFolder());
      const act = actOn({ runId, settings, databaseUrl });
      const served = await serveLive({ source, act, port: page, locale: settings.locale });
      process.stderr.write(
        `Pagina / Page: ${served.url}\nSi risponde dalla pagina, o con "dr step" da un altro terminale. / Answer on the page, or with "dr step" in another terminal.\n`,
      );
      return served;
    })();
    this.#opened.catch((error: unknown) => process.stderr.write(`Pagina / Page: ${String(error)}\n`));
  }

  async close(): Promise<void> {
    // A run that failed before its first record has no page, and there will be none to wait for.
    if (this.#log?.records.length === 0) return;
    await this.#opened?.then(async (served) => await served.close()).catch(() => undefined);
  }
}

async function firstRecord(log: EvidenceLog): Promise<void> {
  if (log.records.length > 0) return;
  await new Promise<void>((resolve) => log.subscribe(() => resolve()));
}

/** Ctrl-C. An unattended drill is over with it, and its lab goes; a run with people in it waits to be gone on with. */
function endings({ runId, settings }: SessionOptions, closeScreen: () => void): { stop: () => void } {
  const end = (): void => {
    closeScreen();
    if (settings.kind === 'drill' && settings.unattended) {
      process.stderr.write('Interrotto: tolgo il laboratorio ... / Interrupted: taking the lab away ...\n');
      void takeLabAway().finally(() => process.exit(2));
      return;
    }
    process.stderr.write(
      `Interrotta: nulla è perduto. Riprendere con "dr resume ${runId}". / Interrupted: nothing is lost. Go on with "dr resume ${runId}".\n`,
    );
    process.exit(2);
  };
  return { stop: whenTold(['SIGINT', 'SIGTERM'], end) };
}

/** The evidence so far stays; "dr report" renders it as not carried out. */
async function takeLabAway(): Promise<void> {
  // The engine would write its state into the lab's folder after that is gone.
  const database = databaseProcesses(databaseFolder());
  const [, ...started] = familyOf(process.pid);
  killAll(started.filter((pid) => !database.includes(pid)));
  try {
    await labDown(DRILL_LAB);
  } catch (error) {
    process.stderr.write(`${toErrorRecord(error).message}\n`);
  }
}
