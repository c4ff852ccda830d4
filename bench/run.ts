/** What durable runs cost: their start, each step, and going on after kill -9; on the embedded database, which runs already. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { compileCacheDirectory, projectDirectory } from '../platforms/cache.ts';
import { openDatabase, stopDatabase } from '../runbooks/durable/postgres.ts';
import type { EvidenceRecord } from '../runbooks/evidence/evidence.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { linesOf } from './chaos/evidence-checks.ts';
import { type Comparison, type Contender, compare, ratio, rowOf } from './compare.ts';
import type { ChildSettings } from './small-run/runbook.ts';

const CHILD = resolve(import.meta.dirname, 'small-run/child.ts');
const STEPS = 100;
const names = {
  start: 'start to the first step, the process included',
  library: 'start to the first step, the library alone',
  restore: '"dr restore" to the first step',
  sequence: `${STEPS} steps that do nothing, one after another`,
  parallel: `${STEPS} steps that do nothing, all at once`,
  resume: 'after kill -9 to the next step, the process included',
};

export async function benchRun(runs: number, onProgress: (text: string) => void): Promise<Comparison[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dr-bench-'));
  const databaseFolder = join(folder, 'runs-database');
  const lab = new RunLab(folder, await openDatabase(databaseFolder));
  try {
    const rows = await compare(contenders(lab), runs, onProgress);
    const seconds = (name: string): number => rowOf(rows, name).medianMs / 1000;
    const aStep = (name: string): number => rowOf(rows, name).medianMs / STEPS;
    const ratios = [
      ratio('start of a run, seconds', seconds(names.start), { bound: 'at-most', value: 1 }),
      ratio('start of "dr restore", seconds', seconds(names.restore), { bound: 'at-most', value: 1 }),
      ratio('overhead of a step in sequence, ms', aStep(names.sequence), { bound: 'at-most', value: 10 }),
      ratio('overhead of a step in parallel, ms', aStep(names.parallel), { bound: 'at-most', value: 10 }),
      ratio('resume after kill -9, seconds', seconds(names.resume), { bound: 'at-most', value: 2 }),
    ];
    return [{ title: 'run', notes: ['the embedded database runs already'], rows, ratios }];
  } finally {
    await stopDatabase(databaseFolder);
    rmSync(folder, { recursive: true, force: true });
  }
}

function contenders(lab: RunLab): Contender[] {
  return [
    { name: names.start, prepare, work: async () => (await lab.startSmall()).processMs },
    { name: names.library, prepare, work: async () => (await lab.startSmall()).libraryMs },
    { name: names.restore, prepare, work: async () => await lab.startRestore() },
    { name: names.sequence, prepare, work: async () => await lab.idle('sequence') },
    { name: names.parallel, prepare, work: async () => await lab.idle('parallel') },
    { name: names.resume, prepare, work: async () => await lab.resumeSmall() },
  ];
}

/** Each works on a run of its own. */
async function prepare(): Promise<void> {
  return await Promise.resolve();
}

/** Processes that execute runs, on one database. Their own records say when things happened, in ms since the process started. */
class RunLab {
  readonly #folder: string;
  readonly #databaseUrl: string;

  constructor(folder: string, databaseUrl: string) {
    this.#folder = folder;
    this.#databaseUrl = databaseUrl;
  }

  async startSmall(): Promise<{ processMs: number; libraryMs: number }> {
    let executing = 0;
    const started = await this.#untilFirst(childCommand(this.#settings({})), isStart, (line) => {
      if (line.startsWith('executing ')) executing = Number(line.split(' ')[1]);
    });
    return { processMs: started.monotonicMs, libraryMs: started.monotonicMs - executing };
  }

  /** The program as it is typed. */
  async startRestore(): Promise<number> {
    const command = [
      join(projectDirectory(), 'bin', 'dr'),
      'restore',
      '--json',
      `--reports=${join(this.#folder, 'reports')}`,
    ];
    return (await this.#untilFirst(command, isStart)).monotonicMs;
  }

  async idle(shape: 'sequence' | 'parallel'): Promise<number> {
    const settings = this.#settings({ idle: { steps: STEPS, shape } });
    const last = await this.#untilFirst(childCommand(settings), ({ event }) => event.type === 'run-finished');
    const first = linesOf(evidencePath(settings.directory)).map(readRecord).find(isStart);
    return last.monotonicMs - (first?.monotonicMs ?? 0);
  }

  async resumeSmall(): Promise<number> {
    // The work takes longer than the kill, so that there is something to go on with.
    const settings = this.#settings({ workMs: 60_000 });
    const killed = await this.#untilFirst(childCommand(settings), isStart);
    const next = await this.#untilFirst(
      childCommand(settings),
      (record) => isStart(record) && record.process !== killed.process,
    );
    return next.monotonicMs;
  }

  #settings(given: Partial<ChildSettings>): ChildSettings {
    const runId = `run-${randomUUID().slice(0, 8)}`;
    return {
      runId,
      directory: join(this.#folder, runId),
      databaseUrl: this.#databaseUrl,
      trace: join(this.#folder, `${runId}.trace`),
      workMs: 0,
      kind: 'drill',
      unattended: true,
      everythingProbed: true,
      showRecords: true,
      ...given,
    };
  }

  /** Runs a command up to the first such record, and kills it. */
  async #untilFirst(
    command: readonly string[],
    wanted: (record: EvidenceRecord) => boolean,
    onLine: (line: string) => void = () => undefined,
  ): Promise<EvidenceRecord> {
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, DR_STATE: this.#folder, NODE_COMPILE_CACHE: compileCacheDirectory() },
    });
    const exited = once(child, 'exit');
    const said: string[] = [];
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        onLine(line);
        said.push(line);
        if (!line.startsWith('{')) continue;
        const record = readRecord(line);
        if (wanted(record)) return record;
      }
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
    throw new Error(`${command.join(' ')} ended early:\n${said.slice(-10).join('\n')}`);
  }
}

function childCommand(settings: ChildSettings): string[] {
  return [process.execPath, CHILD, JSON.stringify(settings)];
}

function isStart({ event }: EvidenceRecord): boolean {
  return event.type === 'step-started';
}

function readRecord(line: string): EvidenceRecord {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written a moment ago by a program of this project
  return JSON.parse(line) as EvidenceRecord;
}
