/** The ledger of custody that travels on a cassette, in clear beside its identity file. */
import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import { probeBash } from '../remote.ts';
import { type RemoteHost, shellQuote } from '../ssh.ts';
import { explained } from './cassette.ts';

const fileSchema = z.strictObject({ name: z.string(), text: z.string() });
/** `custody.jsonl`, or one that was set aside because something was wrong with it. */
export type LedgerFile = z.infer<typeof fileSchema>;

/** Of the medium that is mounted at `mountPoint`; none is a value. @throws DrError CASSETTE_DAMAGED (it does not read), REMOTE_FAILED */
export async function readMediumLedger(host: RemoteHost, mountPoint: string): Promise<LedgerFile[]> {
  const answer = await explained(
    basename(mountPoint),
    async () =>
      await probeBash(host, new URL('ledger-read.sh', import.meta.url), {
        parameters: { POINT: mountPoint },
      }),
  );
  return answer
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => fileSchema.parse(JSON.parse(line)));
}

/**
 * Writes it, whole or not at all; one writer at a time (as remote.ts). With `setAside` the one that is there is kept under that name.
 * @throws DrError LEDGER_NOT_WRITTEN
 */
export async function writeMediumLedger(
  host: RemoteHost,
  mountPoint: string,
  text: string,
  setAside: string | undefined,
): Promise<void> {
  const program = await readFile(new URL('ledger-write.sh', import.meta.url), 'utf8');
  const args = [program, 'ledger-write', mountPoint, String(Buffer.byteLength(text)), setAside ?? ''];
  const command = `flock --timeout 900 /run/dr.lock bash -c ${args.map(shellQuote).join(' ')}`;
  const { exitCode, stderr } = await host.try(command, { stdin: text });
  if (exitCode === 0) return;
  throw new DrError(
    'LEDGER_NOT_WRITTEN',
    `Il registro di custodia su ${mountPoint} (${host.name}) non si può scrivere: ${stderr.trim() || exitCode}. / The ledger of custody there can't be written.`,
    'Controllare che la cassetta sia inserita, non protetta da scrittura e non piena, poi ripetere. / Check that it is plugged in, not write-protected and not full, then run again.',
  );
}
