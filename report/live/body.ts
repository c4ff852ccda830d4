/** Reads a command out of a request; what was typed is never repeated in what goes wrong. */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { ErrorRecord } from '../../core/errors.ts';
import { type LiveCommand, liveCommandSchema } from './command.ts';
import { refusals } from './refusals.ts';

const MAX_BODY_BYTES = 32 * 1_024;

export class BadBody extends Error {
  readonly status: number;
  readonly record: ErrorRecord;
  constructor(status: number, record: ErrorRecord) {
    super(record.code);
    this.status = status;
    this.record = record;
  }
}

/** @throws BadBody for anything but a whole, valid command of bearable size */
export async function readCommand(request: IncomingMessage): Promise<LiveCommand> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new BadBody(415, refusals.type);
  const body = await readText(request);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new BadBody(400, refusals.type);
  }
  const parsed = liveCommandSchema.safeParse(value);
  if (!parsed.success) throw new BadBody(400, wrongFields(parsed.error));
  return parsed.data;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Left undestroyed, so that the refusal still reaches who asked; the server closes the connection after it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new BadBody(413, refusals.tooLarge);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Names the fields of our own schema only: a name or a note must not come back in an error. */
function wrongFields({ issues }: z.ZodError): ErrorRecord {
  const known = new Set(issues.flatMap(({ path }) => path.slice(0, 1).map(String)));
  const fields = known.size === 0 ? 'type' : [...known].join(', ');
  return {
    code: 'LIVE_BODY',
    message: `La risposta non è completa o non è valida (${fields}) e non è stata registrata. / The answer is incomplete or not valid and was not recorded.`,
    hint: 'Compilare i campi indicati e ripetere. / Fill in the fields named and try again.',
  };
}
