/**
 * `command:local:Command` for a machine that cannot get the official plugin: the same inputs, outputs, state and decisions
 * (pulumi-command 1.2.1; tests/command-provider-conformance.test.ts runs both and compares).
 */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  CheckResult,
  CreateResult,
  DiffResult,
  Provider,
  UpdateResult,
} from '@pulumi/pulumi/provider/index.js';
import { COMMAND_PROVIDER_VERSION } from '../../platforms/cache.ts';
import {
  type Bag,
  bagSchema,
  inputProblems,
  inputsSchema,
  outputNames,
  plainInputs,
  previousOutput,
} from './inputs.ts';
import type { LogLine } from './log.ts';
import { runCommand } from './run-command.ts';
import { COMMAND_TYPE, packageSchema } from './schema.ts';

/** The methods are called by the engine, never twice at once for one resource. Bags are validated here, at the border. */
export class CommandProvider implements Provider {
  readonly version = COMMAND_PROVIDER_VERSION;
  readonly schema = JSON.stringify(packageSchema);
  readonly #log: LogLine;
  readonly #cancelled = new AbortController();

  constructor(log: LogLine) {
    this.#log = log;
  }

  check(urn: string, _olds: unknown, news: unknown): Promise<CheckResult> {
    requireCommand(urn);
    const inputs = bagSchema.parse(news);
    return Promise.resolve({ inputs, failures: inputProblems(inputs) });
  }

  /** Another trigger replaces the command, another input updates it. A value that became a secret is another value. */
  diff(_id: string, _urn: string, olds: unknown, news: unknown): Promise<DiffResult> {
    const [before, after] = [bagSchema.parse(olds), bagSchema.parse(news)];
    const changed = Object.keys(inputsSchema.shape).filter(
      (name) => !isDeepStrictEqual(before[name], after[name]),
    );
    return Promise.resolve({
      changes: changed.length > 0,
      replaces: changed.filter((name) => name === 'triggers'),
    });
  }

  async create(urn: string, inputs: unknown): Promise<CreateResult> {
    const bag = bagSchema.parse(inputs);
    const id = `${resourceName(urn)}${randomBytes(4).toString('hex')}`;
    return { id, outs: await this.#run(urn, plainInputs(bag).create, bag, {}) };
  }

  async update(_id: string, urn: string, olds: unknown, news: unknown): Promise<UpdateResult> {
    const bag = bagSchema.parse(news);
    const { create, update } = plainInputs(bag);
    return { outs: await this.#run(urn, update ?? create, bag, bagSchema.parse(olds)) };
  }

  async delete(_id: string, urn: string, props: unknown): Promise<void> {
    const state = bagSchema.parse(props);
    await this.#run(urn, plainInputs(state).delete, state, state);
  }

  /** The operator interrupted the engine: what runs is ended, and nothing more begins. */
  cancel(): Promise<void> {
    this.#cancelled.abort();
    return Promise.resolve();
  }

  /** Runs `command` where there is one; the new state is the inputs as they came and what the run made, else what stood before. */
  async #run(urn: string, command: string | undefined, inputs: Bag, before: Bag): Promise<Bag> {
    const previous = previousOutput(before);
    const kept = Object.fromEntries(
      outputNames.filter((name) => name in before).map((name) => [name, before[name]]),
    );
    const made =
      command === undefined
        ? {}
        : await runCommand(command, plainInputs(inputs), previous, {
            log: async (line) => await this.#log(urn, line),
            cancelSignal: this.#cancelled.signal,
          });
    return { ...inputs, ...previous, ...kept, ...made };
  }
}

function requireCommand(urn: string): void {
  const type = urn.split('::')[2]?.split('$').at(-1);
  if (type === COMMAND_TYPE) return;
  throw new Error(
    `${type} lo serve solo il plugin ufficiale; questo serve ${COMMAND_TYPE}. / Only the official plugin serves that type; this one serves ${COMMAND_TYPE}.`,
  );
}

function resourceName(urn: string): string {
  return urn.split('::').slice(3).join('::');
}
