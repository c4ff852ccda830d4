/**
 * A process that executes a small run and may be killed at any instant: `child.ts SETTINGS`. Its machine works append a line to
 * a file when they begin and when they end, so that one sees what was done twice.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { toErrorRecord } from '../../core/errors.ts';
import { utcNow } from '../../core/time.ts';
import { createScreen } from '../../report/screen.ts';
import { openDatabase } from '../../runbooks/durable/postgres.ts';
import type { EvidenceLog } from '../../runbooks/evidence/evidence.ts';
import { executeRun } from '../../runbooks/run/run.ts';
import type { Work, WorkContext, WorkResult } from '../../runbooks/works/work.ts';
import { folderMailroom, servePage } from './page.ts';
import { type ChildSettings, idleRunbook, smallRunbook } from './runbook.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by who started this
const settings = JSON.parse(process.argv[2] ?? '') as ChildSettings;
const HANG_LOOK_MS = 10;
const trace = (text: string): void => appendFileSync(settings.trace, `${text}\n`);

async function slowly(context: WorkContext<{ id: string }>): Promise<WorkResult> {
  const { step, attempt } = context;
  trace(`${step.id} begins ${attempt}`);
  await wait(settings.workMs);
  await hang(context);
  if (settings.failing !== undefined && existsSync(settings.failing)) throw new Error('made to fail');
  trace(`${step.id} ends ${attempt}`);
  return { outcome: 'done', detail: '' };
}

const work: Work = slowly;

/** As a host that takes packets and says nothing; what it does when it comes back may be far too late. */
async function hang({ step, attempt, signal, recorder, append }: WorkContext<{ id: string }>): Promise<void> {
  const file = `${settings.hanging}-${step.id}-${attempt}`;
  if (settings.hanging === undefined || !existsSync(file)) return;
  trace(`${step.id} hangs ${attempt}`);
  while (existsSync(file)) {
    if (signal.aborted && settings.deaf === undefined) {
      trace(`${step.id} stops ${attempt}`);
      throw new Error('told to stop');
    }
    await wait(HANG_LOOK_MS);
  }
  recorder.note(`${step.id} è tornato ${attempt}`, `${step.id} is back ${attempt}`, 'measured');
  append({ type: 'alarm', step: step.id, textIt: `tornato ${attempt}`, textEn: `back ${attempt}` });
}

function watch(): { stop: () => Promise<void> } {
  trace('watch begins');
  let watching = true;
  return {
    stop: async () => {
      if (watching) trace('watch ends');
      watching = false;
      await Promise.resolve();
    },
  };
}

const idle: Work = async () => await Promise.resolve({ outcome: 'done', detail: '' });

function attach(log: EvidenceLog): void {
  process.stdout.write(`attached ${utcNow()}\n`);
  void servePage(settings, log);
  if (settings.showRecords === true) createScreen({ stream: process.stdout, mode: 'json' }).attach(log);
}

try {
  process.stdout.write(`executing ${performance.now()}\n`);
  const { databaseFolder } = settings;
  await executeRun({
    runId: settings.runId,
    directory: settings.directory,
    databaseUrl: databaseFolder === undefined ? settings.databaseUrl : await openDatabase(databaseFolder),
    ...(databaseFolder !== undefined && { openDatabase: async () => await openDatabase(databaseFolder) }),
    runbook: settings.idle === undefined ? smallRunbook(settings) : idleRunbook(settings.idle),
    mode: { kind: settings.kind, scenario: 'D1', unattended: settings.unattended },
    roles: ['rco', 'ufficio-tecnico', 'provveditore', 'ufficio-stampa'],
    works: { lab: settings.idle === undefined ? work : idle, lucca: work, backup: work, restore: work },
    mailroom: settings.page === undefined ? slowly : folderMailroom(settings.directory),
    settings: {},
    ...(settings.patienceMs !== undefined && { patienceMs: settings.patienceMs }),
    opening: async () => {
      await Promise.resolve();
      return [
        {
          type: 'run-started',
          runId: settings.runId,
          kind: settings.kind,
          scenario: 'D1',
          rtoTargetSeconds: 3600,
          rpoTargetSeconds: 3600,
          rtoSource: 'test',
          rpoSource: 'test',
          versions: {},
          operator: 'test',
          unattended: settings.unattended,
        },
      ];
    },
    ...(settings.watched && { watch }),
    closing: async () => {
      if (settings.watched) trace('closing');
      await Promise.resolve();
    },
    attach,
    onDetail: () => undefined,
    onTrouble: (text) => process.stdout.write(`trouble ${text}\n`),
  });
  process.stdout.write('over\n');
  // oxlint-disable-next-line unicorn/no-process-exit -- a program of its own
  process.exit(0);
} catch (error) {
  const { code, message } = toErrorRecord(error);
  process.stdout.write(`${code}: ${message}\n${error instanceof Error ? error.stack : ''}\n`);
  // oxlint-disable-next-line unicorn/no-process-exit -- a program of its own
  process.exit(2);
}
