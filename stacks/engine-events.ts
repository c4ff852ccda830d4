/** Pulumi's engine events, reduced to what a person follows and an error explains. */
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js';
import { z } from 'zod';
import { DrError } from '../core/errors.ts';

export type StackEvent =
  | { kind: 'started'; resource: string; operation: string }
  | { kind: 'finished'; resource: string; operation: string }
  | { kind: 'failed'; resource: string; operation: string }
  | { kind: 'progress'; resource: string; text: string }
  | { kind: 'message'; text: string };

const COMMAND_TYPE = 'command:local:Command';

/** A script's start, end, failure or progress line; events about anything else are undefined. Times are those of arrival: the engine's own have whole seconds only. */
export function readEngineEvent(event: EngineEvent): StackEvent | undefined {
  const step = (metadata: { type: string; urn: string; op: string } | undefined) =>
    metadata?.type === COMMAND_TYPE
      ? { resource: resourceName(metadata.urn), operation: metadata.op }
      : undefined;
  const started = step(event.resourcePreEvent?.metadata);
  if (started) return { kind: 'started', ...started };
  const finished = step(event.resOutputsEvent?.metadata);
  if (finished) return { kind: 'finished', ...finished };
  const failed = step(event.resOpFailedEvent?.metadata);
  if (failed) return { kind: 'failed', ...failed };
  const { diagnosticEvent: said } = event;
  if (said?.urn === undefined || !said.urn.includes(COMMAND_TYPE) || said.severity === 'error')
    return undefined;
  const text = plain(said.message).trim();
  return text === '' ? undefined : { kind: 'progress', resource: resourceName(said.urn), text };
}

const scriptErrorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
});

/** Collects what went wrong during an operation, so that the person reads the script's own sentence and not the engine's. */
export class EngineFailure {
  #script: { resource: string; code: string; message: string; hint: string } | undefined;
  readonly #said: string[] = [];

  notice(event: EngineEvent): void {
    const { diagnosticEvent: said } = event;
    if (said?.severity !== 'error') return;
    const text = plain(said.message);
    this.#said.push(text.trim());
    for (const line of text.split('\n')) {
      const found = scriptError(line);
      if (found)
        this.#script ??= { resource: said.urn === undefined ? '' : resourceName(said.urn), ...found };
    }
  }

  /** The first script's error under its own code, else STACK_FAILED with what the engine said. */
  explain(site: string, error: unknown): DrError {
    if (error instanceof DrError) return error;
    if (this.#script) {
      const { resource, code, message, hint } = this.#script;
      return new DrError(code, `${resource}: ${message}`, hint, { cause: error });
    }
    const said = this.#said.join('\n') || (error instanceof Error ? error.message : String(error));
    return new DrError(
      'STACK_FAILED',
      `Lo stack ${site} non è arrivato in fondo: ${said.slice(0, 2000)}`,
      'Ripetere il comando: ciò che era fatto non si rifà. / Run the command again: what was done is not done again.',
      { cause: error },
    );
  }
}

function scriptError(line: string): { code: string; message: string; hint: string } | undefined {
  const start = line.indexOf('{"error":');
  if (start < 0) return undefined;
  try {
    return scriptErrorSchema.parse(JSON.parse(line.slice(start))).error;
  } catch {
    return undefined;
  }
}

function resourceName(urn: string): string {
  return urn.slice(urn.lastIndexOf('::') + 2);
}

/** Without the engine's colour marks. */
function plain(text: string): string {
  return text.replaceAll(/<\{%.*?%\}>/g, '');
}
