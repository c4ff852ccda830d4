/** Runs one program through the real engine with one of the two command providers, and shows what came of it in a comparable form. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { local } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import {
  type EngineEvent,
  LocalWorkspace,
  PulumiCommand,
  type Stack,
} from '@pulumi/pulumi/automation/index.js';
import { z } from 'zod';
import {
  COMMAND_PROVIDER_PROGRAM,
  type CommandProviderKind,
  commandProviderStart,
  isExecutable,
  officialCommandProviderDirectory,
  pulumiEnvironment,
  toolPaths,
} from '../platforms/cache.ts';
import { withoutQuestions } from '../stacks/engine.ts';

export type Commands = Record<string, { args: local.CommandArgs; options?: CustomResourceOptions }>;
export type Operation = 'preview' | 'up' | 'refresh' | 'destroy';

/** What one operation did; ids, times, places and the order of parallel things are taken out. */
export type View = {
  result: 'succeeded' | 'failed';
  changes: Record<string, number>;
  /** What commands printed while they ran, and errors. */
  messages: string[];
  /** With the stack's outputs, secrets in clear. */
  state: unknown;
};

export function officialProviderIsThere(): boolean {
  return isExecutable(join(officialCommandProviderDirectory(), COMMAND_PROVIDER_PROGRAM));
}

/** A stack of its own for one provider. Close it when done: everything lies in one temporary folder. */
export class Bench implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'dr-conformance-'));
  readonly #provider: CommandProviderKind;
  #stack: Stack | undefined;
  #commands: Commands = {};

  constructor(provider: CommandProviderKind) {
    this.#provider = provider;
    mkdirSync(join(this.directory, 'state'));
    mkdirSync(join(this.directory, 'files'));
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true });
  }

  /** Does `operation` with a program that declares `commands`. */
  async run(operation: Operation, commands: (directory: string) => Commands): Promise<View> {
    this.#commands = commands(join(this.directory, 'files'));
    const stack = await this.stack();
    const seen = new Seen(this.directory);
    await seen.watch(async (onEvent) => {
      if (operation === 'preview') await stack.preview({ onEvent });
      else if (operation === 'refresh') await stack.refresh({ onEvent });
      else if (operation === 'destroy') await stack.destroy({ onEvent });
      else await stack.up({ onEvent, continueOnError: true });
    });
    const exported = await stack.exportStack();
    return { ...seen.view(), state: this.#comparable(statesOf(exported)) };
  }

  async stack(): Promise<Stack> {
    this.#stack ??= await this.#open();
    return this.#stack;
  }

  async #open(): Promise<Stack> {
    const tools = toolPaths();
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: 'bench', projectName: 'conformance', program: async () => await this.#program() },
      {
        workDir: this.directory,
        pulumiHome: join(this.directory, 'home'),
        pulumiCommand: await PulumiCommand.get({ root: tools.pulumiRoot, skipVersionCheck: true }),
        projectSettings: {
          name: 'conformance',
          runtime: 'nodejs',
          backend: { url: `file://${join(this.directory, 'state')}` },
        },
        envVars: {
          ...pulumiEnvironment({ ...tools, pathAdditions: [commandProviderStart(this.#provider)] }),
          PULUMI_CONFIG_PASSPHRASE: 'a passphrase for a test',
        },
      },
    );
    return withoutQuestions(stack);
  }

  #program(): Promise<Record<string, unknown>> {
    const outputs = Object.entries(this.#commands).map(([name, { args, options }]) => {
      const { stdout, stderr } = new local.Command(name, args, options);
      return [name, { stdout, stderr }];
    });
    return Promise.resolve(Object.fromEntries(outputs));
  }

  #comparable(value: unknown): unknown {
    const text = JSON.stringify(value ?? null)
      .replaceAll(this.directory, '<directory>')
      .replaceAll(/"id":"([\w-]*?)[0-9a-f]{8}"/g, '"id":"$1<id>"');
    return JSON.parse(text, (key, each: unknown) => (key === 'archive' ? withoutHash(each) : each));
  }
}

/** The official plugin adds a digest of the archive as a tar file; the digests of the files in it say the same. */
function withoutHash(archive: unknown): unknown {
  if (typeof archive !== 'object' || archive === null) return archive;
  return { ...archive, hash: '<not compared>' };
}

const deployment = z.looseObject({
  resources: z.array(z.looseObject({ type: z.string(), urn: z.string() })).default([]),
  pending_operations: z.array(z.unknown()).nullish(),
});

const comparedFields = [
  'urn',
  'id',
  'inputs',
  'outputs',
  'additionalSecretOutputs',
  'propertyDependencies',
  'replaceOnChanges',
];

/** The commands in an exported state, without what is the engine's own business. */
function statesOf(exported: { deployment: unknown }): unknown {
  const { resources, pending_operations: pending } = deployment.parse(exported.deployment ?? {});
  const commands = resources
    .filter(({ type }) => type === 'command:local:Command')
    .toSorted((one, other) => one.urn.localeCompare(other.urn))
    .map((resource) => Object.fromEntries(comparedFields.map((field) => [field, resource[field]])));
  const outputs = resources.find(({ type }) => type === 'pulumi:pulumi:Stack')?.['outputs'];
  return { commands, outputs, pending: pending ?? [] };
}

/** Collects what the engine tells while an operation runs. */
class Seen {
  readonly #directory: string;
  readonly #messages: string[] = [];
  #changes: Record<string, number> = {};
  #result: View['result'] = 'succeeded';

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Runs `work`, which may fail. */
  async watch(work: (onEvent: (event: EngineEvent) => void) => Promise<void>): Promise<void> {
    try {
      await work((event) => {
        this.#take(event);
      });
    } catch {
      this.#result = 'failed';
    }
  }

  /** How far the other commands had come when one failed is chance. */
  view(): Pick<View, 'result' | 'changes' | 'messages'> {
    const changes = this.#result === 'failed' ? {} : this.#changes;
    return { result: this.#result, changes, messages: this.#messages.toSorted() };
  }

  #take({ diagnosticEvent: said, summaryEvent: summary }: EngineEvent): void {
    if (summary) this.#changes = { ...summary.resourceChanges };
    if (!said || !['info', 'info#err', 'error'].includes(said.severity)) return;
    const text = said.message
      .replaceAll(this.#directory, '<directory>')
      .replace(/has a problem: .*/s, 'has a problem') // each provider in its own words
      .trim();
    this.#messages.push(`${said.severity}: ${text}`);
  }
}
