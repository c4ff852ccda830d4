/** Runs in processes of their own, with a database of the test's own; whatever happens, both are gone afterwards. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, vi } from 'vitest';
import { type ChildSettings, smallRunbook } from '../bench/small-run/runbook.ts';
import { openCaller } from '../runbooks/durable/dbos.ts';
import { openDatabase, stopDatabase } from '../runbooks/durable/postgres.ts';
import { type EvidenceRecord, readEvidence } from '../runbooks/evidence/evidence.ts';
import type { Command, Reply } from '../runbooks/run/command.ts';
import { foldProgress, type Progress } from '../runbooks/run/progress.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { clearFolder } from './run-guard.ts';

const ASKED_EVERY_MS = 20;

export class RunHarness {
  readonly folder = mkdtempSync(join(tmpdir(), 'dr-run-'));
  /** Sees the end of this process, a kill included, as the end of its input. */
  readonly #guard = spawn(process.execPath, [join(import.meta.dirname, 'run-guard.ts'), this.folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  readonly #children = new Set<ChildProcess>();
  databaseUrl = '';

  get databaseFolder(): string {
    return join(this.folder, 'database');
  }

  /** Of a second server that follows the first (standby.ts). */
  get standbyFolder(): string {
    return join(this.folder, 'standby');
  }

  /** Puts the database on a disk of its own. */
  limitDatabase(megabytes: number): void {
    mkdirSync(this.databaseFolder);
    execFileSync('mount', [
      '--types=tmpfs',
      `--options=size=${megabytes}m,mode=0700`,
      'tmpfs',
      this.databaseFolder,
    ]);
  }

  async start(): Promise<void> {
    this.databaseUrl = await openDatabase(this.databaseFolder);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const folder of [this.databaseFolder, this.standbyFolder]) await stopDatabase(folder);
    clearFolder(this.folder);
    this.#guard.stdin.end();
  }

  settings(given: Partial<ChildSettings> = {}): ChildSettings {
    const runId = `run-${randomUUID().slice(0, 8)}`;
    return {
      runId,
      directory: join(this.folder, runId),
      databaseUrl: this.databaseUrl,
      trace: join(this.folder, `${runId}.trace`),
      workMs: 50,
      kind: 'restore',
      unattended: false,
      ...given,
    };
  }

  /** `program` executes the small run unless told; it takes the settings as its one argument. */
  run(
    settings: ChildSettings,
    program = resolve(import.meta.dirname, '../bench/small-run/child.ts'),
  ): RunningChild {
    const { fileSizeLimitBytes: limit, clockFile } = settings;
    const command = [
      process.execPath,
      ...(clockFile === undefined ? [] : ['--import', join(import.meta.dirname, 'set-clock.ts')]),
      program,
      JSON.stringify(settings),
    ];
    const [first = '', ...args] =
      limit === undefined ? command : ['prlimit', `--fsize=${limit}`, '--', ...command];
    const env = { ...process.env, ...(clockFile !== undefined && { DR_TEST_CLOCK: clockFile }) };
    const child = spawn(first, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#children.add(child);
    return new RunningChild(child, settings);
  }
}

export class RunningChild {
  readonly #child: ChildProcess;
  readonly #settings: ChildSettings;
  readonly #exited: Promise<unknown[]>;
  output = '';

  constructor(child: ChildProcess, settings: ChildSettings) {
    this.#child = child;
    this.#settings = settings;
    this.#exited = once(child, 'exit');
    const note = (chunk: Buffer): void => {
      this.output += chunk.toString('utf8');
    };
    child.stdout?.on('data', note);
    child.stderr?.on('data', note);
  }

  get pid(): number {
    return Number(this.#child.pid);
  }

  /** Waits until a step stands so; what the process printed is in the failure. */
  async until(step: string, status: string, timeoutMs = 90_000): Promise<void> {
    await vi.waitFor(() => expect(`${this.statusOf(step)} ${this.output}`).toMatch(`${status} `), {
      timeout: timeoutMs,
      interval: ASKED_EVERY_MS,
    });
  }

  /** Brings the run to its end by answering all that waits. */
  async finish(): Promise<void> {
    await this.until('accept', 'waiting');
    await this.until('letter', 'waiting');
    expect(await this.say(answerTo('accept', 'done'))).toEqual({ ok: true });
    expect(await this.say(answerTo('letter', 'send'))).toEqual({ ok: true });
    expect(await this.exit()).toBe(0);
  }

  async exit(): Promise<number | null> {
    const [code] = await this.#exited;
    return typeof code === 'number' ? code : null;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Says it and gives the reply; undefined when none came within `seconds`. */
  async say(
    command: Command,
    { id, seconds = 20 }: { id?: string; seconds?: number } = {},
  ): Promise<Reply | undefined> {
    const said = id ?? randomUUID();
    await using caller = await openCaller(this.#settings.databaseUrl, this.#settings.runId);
    const reply = await caller.ask(said, { type: 'command', id: said, command }, seconds);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test judges it
    return reply as Reply | undefined;
  }

  records(): EvidenceRecord[] {
    return readEvidence(evidencePath(this.#settings.directory));
  }

  progress(): Progress {
    return foldProgress(smallRunbook(this.#settings), this.records());
  }

  statusOf(step: string): string | undefined {
    return this.progress().steps.get(step)?.status;
  }

  trace(): string[] {
    if (!existsSync(this.#settings.trace)) return [];
    return readFileSync(this.#settings.trace, 'utf8').split('\n').filter(Boolean);
  }
}

export function answerTo(
  step: string,
  choice: string,
  more: Partial<Extract<Command, { type: 'answer' }>> = {},
): Command {
  return { type: 'answer', step, attempt: 1, choice, role: 'rco', person: 'P-1', note: '', ...more };
}
