/** The drill as it is typed, with little data, as what is killed. Each run has a state folder of its own, and its own database in it. */
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { projectDirectory } from '../../platforms/cache.ts';
import { run as runProgram } from '../../platforms/exec.ts';
import { killAll, pidsAbout, processesAbout } from '../../platforms/processes.ts';
import { openDatabase, stopDatabase } from '../../runbooks/durable/postgres.ts';
import { evidenceFaults } from './evidence-checks.ts';
import type { Subject, SubjectRun } from './subject.ts';

const DR = join(projectDirectory(), 'bin', 'dr');
/** What a killed program had started may go on a little; then it has to be gone. */
const AFTERMATH_MS = 30_000;
const LOOK_EVERY_MS = 100;

export function drillSubject(): Subject {
  const folder = mkdtempSync(join(tmpdir(), 'dr-chaos-'));
  return {
    name: 'drill',
    range: { records: 24, delayMs: 9_000 },
    prepare: async (run) => await Promise.resolve(drillRun(join(folder, `run-${run}`))),
    // Runs that failed leave their evidence to be looked at.
    [Symbol.asyncDispose]: async () => {
      if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
      await Promise.resolve();
    },
  };
}

function drillRun(folder: string): SubjectRun {
  const state = join(folder, 'state');
  const reports = join(folder, 'reports');
  const databaseFolder = join(state, 'runs-database');
  const env = { ...process.env, DR_STATE: state };
  const path = (): string | undefined => globSync(join(reports, 'drill-*', 'evidence.jsonl'))[0];
  const begin = ['drill', '--unattended', '--data', '8m', '--json', '--reports', reports];
  return {
    databaseFolder,
    start: (begun) =>
      spawn(DR, begun ? ['resume', '--json'] : begin, { stdio: ['ignore', 'pipe', 'pipe'], env }),
    evidencePath: path,
    faults: async () => {
      const left = await remains(state);
      const evidence = path();
      if (evidence === undefined) return [...left, 'there is no evidence'];
      const databaseUrl = await openDatabase(databaseFolder);
      const runId = basename(dirname(evidence));
      const faults = [
        ...left,
        ...(await evidenceFaults({ runId, path: evidence, databaseUrl })),
        ...reportFaults(join(dirname(evidence), 'report.json')),
      ];
      await stopDatabase(databaseFolder);
      if (faults.length === 0) rmSync(folder, { recursive: true });
      return faults;
    },
    clearAway: async () => {
      killAll(pidsAbout(state));
      await stopDatabase(databaseFolder);
      await runProgram(DR, ['lab', 'down', '--name', 'drill'], { env });
    },
  };
}

const reportSchema = z.looseObject({ status: z.string(), verdict: z.looseObject({ outcome: z.string() }) });

function reportFaults(path: string): string[] {
  if (!existsSync(path)) return ['there is no report'];
  const { status, verdict } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return verdict.outcome === 'PASS' ? [] : [`the report says ${status}, ${JSON.stringify(verdict)}`];
}

/** What the run left on this machine: processes, mounts, loop devices, the lab's folder and control group. */
async function remains(state: string): Promise<string[]> {
  const deadline = performance.now() + AFTERMATH_MS;
  for (;;) {
    const left = [
      ...processesAbout(state).map((line) => `process left: ${line}`),
      ...linesAbout(readFileSync('/proc/self/mounts', 'utf8'), state).map((line) => `mount left: ${line}`),
      ...linesAbout(
        await runProgram('losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-FILE']),
        state,
      ).map((line) => `loop device left: ${line}`),
      ...(existsSync(join(state, 'labs', 'drill')) ? ["the lab's folder is left"] : []),
    ];
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
}

function linesAbout(text: string, folder: string): string[] {
  return text.split('\n').filter((line) => line.includes(folder));
}
