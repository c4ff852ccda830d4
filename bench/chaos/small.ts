/** The small run as what is killed: in a second it is through all kinds of steps. One database serves all runs. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compileCacheDirectory } from '../../platforms/cache.ts';
import { killAll, pidsAbout } from '../../platforms/processes.ts';
import { openDatabase, stopDatabase } from '../../runbooks/durable/postgres.ts';
import { evidencePath } from '../../runbooks/run/run.ts';
import type { ChildSettings } from '../small-run/runbook.ts';
import { evidenceFaults } from './evidence-checks.ts';
import type { Subject, SubjectRun } from './subject.ts';

const CHILD = resolve(import.meta.dirname, '../small-run/child.ts');

export function smallSubject(): Subject {
  const folder = mkdtempSync(join(tmpdir(), 'dr-chaos-'));
  const databaseFolder = join(folder, 'database');
  return {
    name: 'small',
    range: { records: 9, delayMs: 300 },
    prepare: async (run) => await Promise.resolve(smallRun(folder, databaseFolder, `run-${run}`)),
    [Symbol.asyncDispose]: async () => {
      await stopDatabase(databaseFolder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function smallRun(folder: string, databaseFolder: string, runId: string): SubjectRun {
  const directory = join(folder, runId);
  const settings: ChildSettings = {
    runId,
    directory,
    databaseUrl: '',
    databaseFolder,
    trace: join(folder, `${runId}.trace`),
    workMs: 60,
    kind: 'drill',
    unattended: true,
    everythingProbed: true,
    showRecords: true,
  };
  const path = evidencePath(directory);
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCacheDirectory() }; // as bin/dr has it
  return {
    databaseFolder,
    start: () =>
      spawn(process.execPath, [CHILD, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'pipe'], env }),
    evidencePath: () => path,
    faults: async () => {
      const databaseUrl = await openDatabase(databaseFolder);
      return await evidenceFaults({ runId, path, databaseUrl });
    },
    clearAway: async () => {
      killAll(pidsAbout(directory));
      await Promise.resolve();
    },
  };
}
