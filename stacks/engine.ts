/** The only door to Pulumi's Automation API: opens a site's stack, previews, brings up, refreshes, destroys; continues what was cut off. */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type {
  ConcurrentUpdateError,
  EngineEvent,
  LocalWorkspaceOptions,
  OpMap,
  Stack,
} from '@pulumi/pulumi/automation/index.js';
import { DrError } from '../core/errors.ts';
import { keepChecked } from '../inventory/checked.ts';
import { requireInventory } from '../inventory/load.ts';
import { projectDirectory, pulumiEnvironment, toolPaths } from '../platforms/cache.ts';
import { isAlive } from '../platforms/processes.ts';
import { EngineFailure, readEngineEvent, type StackEvent } from './engine-events.ts';
import { forgetEverything, forgetPendingOperations, isFromSnapshot, liftProtection } from './engine-state.ts';
import { stoppable, stopped } from './engine-stop.ts';
import { configOf, type SiteName, type StackSettings } from './settings.ts';

export type StackPlace = {
  /** Folder for the workspace and, by default, the state (made when missing). */
  directory: string;
  /** Any Pulumi backend URL; default: files in `directory`. */
  backendUrl?: string | undefined;
  /** Aborted, it ends the operation under way and all that the engine has started, and no other begins. */
  signal?: AbortSignal;
  /** Handed to the program and the scripts: DR_ACCESS, DR_SECRETS, DR_INVENTORY ... (paths, no secrets). */
  environment: Record<string, string>;
};
export type StackRun = { changed: boolean; changes: Record<string, number> };

const PROJECT = 'lucca-dr';

/** Loaded when a stack is opened: Pulumi takes half a second of processor time, and most commands never need it. */
type Pulumi = typeof import('@pulumi/pulumi/automation/index.js');
const loadPulumi = async (): Promise<Pulumi> => await import('@pulumi/pulumi/automation/index.js');

/** For whoever will open a stack soon, and waits for something else until then. */
export async function preloadEngine(): Promise<void> {
  await Promise.all([loadPulumi(), import('./program.ts')]);
}

/** One site's stack, opened. */
export class SiteStack {
  readonly site: SiteName;
  readonly #pulumi: Pulumi;
  readonly #stack: Stack;
  readonly #workDir: string;
  readonly #signal: AbortSignal | undefined;

  private constructor(site: SiteName, pulumi: Pulumi, stack: Stack, signal: AbortSignal | undefined) {
    this.site = site;
    this.#pulumi = pulumi;
    this.#stack = stack;
    this.#workDir = stack.workspace.workDir;
    this.#signal = signal;
  }

  /** Opens (creates, the first time) the stack and gives it these settings. @throws DrError PULUMI_MISSING */
  static async open(site: SiteName, settings: StackSettings, place: StackPlace): Promise<SiteStack> {
    const tools = toolPaths();
    const workDir = join(place.directory, `work-${site}`);
    const state = join(place.directory, 'state');
    const pulumi = await loadPulumi();
    const [pulumiCommand, isNew] = await Promise.all([
      pulumi.PulumiCommand.get({ root: tools.pulumiRoot, skipVersionCheck: true }),
      mkdir(workDir, { recursive: true }),
      mkdir(state, { recursive: true }),
    ]);
    // Read while the engine's own programs start. What is wrong with it is said by who needs it: not everything does.
    const inventory = requireInventory(place.environment['DR_INVENTORY'] || undefined);
    const checkedFile = join(workDir, 'inventory.json');
    const checked = keepChecked(inventory, checkedFile);
    const program = async (): Promise<Record<string, string>> =>
      (await import('./program.ts')).program(await inventory);
    const config = Object.entries(configOf(settings)).map(([key, value]) => [`${PROJECT}:${key}`, value]);
    const args = { stackName: site, projectName: PROJECT, program };
    const options: LocalWorkspaceOptions = {
      workDir,
      pulumiHome: tools.pulumiHome,
      pulumiCommand,
      projectSettings: { name: PROJECT, runtime: 'nodejs' },
      stackSettings: { [site]: { config: Object.fromEntries(config) } },
      envVars: {
        ...pulumiEnvironment(tools),
        ...place.environment,
        DR_INVENTORY_CHECKED: checkedFile,
        // Not in the project's settings, which are a file: the URL of a database holds its password.
        PULUMI_BACKEND_URL: place.backendUrl ?? `file://${state}`,
        // No secret is ever an input or an output, so there is nothing for this passphrase to protect.
        PULUMI_CONFIG_PASSPHRASE: '',
      },
    };
    const select = async (): Promise<Stack> => await pulumi.LocalWorkspace.createOrSelectStack(args, options);
    const [stack] = await Promise.all([
      // To ask whether there is one takes as long as to make it; in a new folder there seldom is.
      stoppable({ site, workDir, signal: place.signal }, async () =>
        isNew === undefined
          ? await select()
          : await pulumi.LocalWorkspace.createStack(args, options).catch(select),
      ),
      checked,
      import('./program.ts'),
    ]);
    return new SiteStack(site, pulumi, withoutQuestions(stack), place.signal);
  }

  /** What `up` would do; nothing is touched. */
  async preview(onEvent: (event: StackEvent) => void = () => undefined): Promise<StackRun> {
    return await this.#watched(onEvent, async (watch) => await this.#stack.preview(watch));
  }

  /** Makes the site what its settings say. What an interrupted run had finished stays; what it had begun is done again. */
  async up(onEvent: (event: StackEvent) => void = () => undefined, parallel?: number): Promise<StackRun> {
    return await this.#watched(
      onEvent,
      async (watch) => await this.#stack.up({ ...watch, ...(parallel !== undefined && { parallel }) }),
    );
  }

  /** Compares the state with what is there. */
  async refresh(onEvent: (event: StackEvent) => void = () => undefined): Promise<StackRun> {
    return await this.#watched(onEvent, async (watch) => await this.#stack.refresh(watch));
  }

  /** Undoes everything, in reverse order. */
  async destroy(onEvent: (event: StackEvent) => void = () => undefined): Promise<StackRun> {
    return await this.#watched(onEvent, async (watch) => await this.#stack.destroy(watch));
  }

  /** What is active may be undone from now on: said on purpose, when another site has taken over. */
  async liftProtection(): Promise<void> {
    await this.#rewrite(async () => await liftProtection(this.#stack));
  }

  /** Forgets, without undoing anything, a state that was not made from this snapshot: its machines are lost. */
  async forgetUnlessFrom(snapshot: string): Promise<void> {
    if (await isFromSnapshot(this.#stack, snapshot)) return;
    await this.#rewrite(async () => await forgetEverything(this.#stack));
  }

  /** Changes what the engine remembers; a lock left by a dead run is removed first, a live run is waited for. */
  async #rewrite(change: () => Promise<void>): Promise<void> {
    await this.#stoppable(async () => {
      try {
        await change();
      } catch (error) {
        if (!(error instanceof this.#pulumi.ConcurrentUpdateError)) throw error;
        await this.#continueAfter(error, () => undefined);
        await change();
      }
    });
  }

  async #stoppable<T>(work: () => Promise<T>): Promise<T> {
    return await stoppable({ site: this.site, workDir: this.#workDir, signal: this.#signal }, work);
  }

  /** Runs one engine operation; a lock left by a dead run is removed, a live run is waited for. */
  async #watched(
    onEvent: (event: StackEvent) => void,
    operation: (watch: OperationOptions) => Promise<unknown>,
  ): Promise<StackRun> {
    return await this.#stoppable(async () => await this.#operate(onEvent, operation));
  }

  async #operate(
    onEvent: (event: StackEvent) => void,
    operation: (watch: OperationOptions) => Promise<unknown>,
  ): Promise<StackRun> {
    const failure = new EngineFailure();
    let changes: OpMap = {};
    const watch = (raw: EngineEvent): void => {
      failure.notice(raw);
      changes = raw.summaryEvent?.resourceChanges ?? changes;
      const event = readEngineEvent(raw);
      if (event) onEvent(event);
    };
    for (;;) {
      try {
        await operation({ onEvent: watch, ...(this.#signal && { signal: this.#signal }) });
        return summary(changes);
      } catch (error) {
        if (!(error instanceof this.#pulumi.ConcurrentUpdateError)) throw failure.explain(this.site, error);
        await this.#continueAfter(error, onEvent);
      }
    }
  }

  async #continueAfter(error: ConcurrentUpdateError, onEvent: (event: StackEvent) => void): Promise<void> {
    const holder = lockHolder(error.message);
    if (holder === undefined || holder.host !== hostname())
      throw busy(this.site, holder?.text ?? error.message);
    if (isAlive(holder.pid)) {
      onEvent({
        kind: 'message',
        text: `In attesa di un'altra esecuzione (processo ${holder.pid}). / Waiting for another run.`,
      });
      await this.#untilDead(holder);
    }
    onEvent({
      kind: 'message',
      text: "Un'esecuzione precedente si è interrotta: la continuo. / An earlier run was cut off: continuing it.",
    });
    await this.#stack.cancel();
    await forgetPendingOperations(this.#stack);
  }

  async #untilDead({ pid, text }: LockHolder): Promise<void> {
    const deadline = performance.now() + WAIT_LIMIT_MS;
    while (isAlive(pid)) {
      if (this.#signal?.aborted) throw stopped(this.site);
      if (performance.now() > deadline) throw busy(this.site, text);
      await new Promise((resolve) => {
        setTimeout(resolve, 200);
      });
    }
  }
}

type OperationOptions = { onEvent: (event: EngineEvent) => void; signal?: AbortSignal };

/** The Automation API asks for a stack's outputs and history after each operation, half a second each; the events have said it all. */
export function withoutQuestions(stack: Stack): Stack {
  stack.outputs = async () => await Promise.resolve({});
  stack.info = async () => await Promise.resolve(undefined);
  return stack;
}

/** The environment with which a plain `pulumi` command sees the same stacks (printed by `dr stack env`). */
export function plainPulumiEnvironment(place: StackPlace): Record<string, string> {
  const { PATH: path, ...environment } = pulumiEnvironment(toolPaths());
  return {
    ...environment,
    PATH: `${join(projectDirectory(), 'node_modules', '.bin')}:${path ?? ''}`,
    ...place.environment,
    PULUMI_BACKEND_URL: place.backendUrl ?? `file://${join(place.directory, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: '',
  };
}

function summary(changes: Partial<Record<string, number>> | undefined): StackRun {
  const counted = Object.fromEntries(
    Object.entries(changes ?? {}).map(([kind, count]) => [kind, count ?? 0]),
  );
  return { changed: Object.keys(counted).some((kind) => kind !== 'same'), changes: counted };
}

type LockHolder = { pid: number; host: string; text: string };

/** The engine names the holder as "created by user@host (pid N) at TIME". */
function lockHolder(message: string): LockHolder | undefined {
  const match = /created by \S+?@(\S+) \(pid (\d+)\) at \S+/.exec(message);
  return match ? { host: String(match[1]), pid: Number(match[2]), text: match[0] } : undefined;
}

const WAIT_LIMIT_MS = 15 * 60_000;

function busy(site: SiteName, holder: string): DrError {
  return new DrError(
    'STACK_BUSY',
    `Lo stack ${site} è in uso: ${holder}. / The stack is in use.`,
    'Attendere che finisca. Se quella macchina è perduta: "pulumi cancel" nello stesso ambiente ("dr stack env"). / Wait for it; if that machine is lost: "pulumi cancel".',
  );
}
