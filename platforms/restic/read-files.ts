/** Reads the files of a repository from the medium itself, and checks each against its name. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import { runPython } from '../remote.ts';
import { type RemoteHost, shellQuote } from '../ssh.ts';

const program = new URL('read_files.py', import.meta.url);

/** A file of the repository, by its path below it. */
export type RepositoryFile = { file: string; bytes: number };

const listSchema = z.array(z.tuple([z.string(), z.number()]));

/** Every file that is named by its own digest: all of a repository but `config`, which each opening of it checks. */
export async function listRepositoryFiles(host: RemoteHost, mountPoint: string): Promise<RepositoryFile[]> {
  const answer = await runPython(host, program, { verb: 'list', repository: `${mountPoint}/restic` });
  return listSchema.parse(JSON.parse(answer)).map(([file, bytes]) => ({ file, bytes }));
}

const readSchema = z
  .strictObject({ f: z.string(), b: z.number(), ok: z.boolean(), said: z.string() })
  .transform(({ f, b, ok, said }) => ({ file: f, bytes: b, right: ok, said }));
export type FileRead = z.infer<typeof readSchema>;

const GONE_STATUS = 3;

/**
 * Reads these files in the order of the disk; `onRead` hears of each as it is done. Ends early after twenty wrong ones.
 * @throws DrError CASSETTE_REMOVED, CONNECTION_LOST, REMOTE_FAILED
 */
export async function readRepositoryFiles(
  host: RemoteHost,
  mountPoint: string,
  files: readonly string[],
  onRead: (read: FileRead) => void,
): Promise<void> {
  const said: string[] = [];
  let rest = '';
  const onLine = (line: string): void => {
    if (line.startsWith('{')) onRead(readSchema.parse(JSON.parse(line)));
    else said.push(line);
  };
  const outcome = await host.try(`exec python3 -c ${shellQuote(await readFile(program, 'utf8'))}`, {
    stdin: JSON.stringify({ verb: 'read', repository: `${mountPoint}/restic`, files }),
    onStderr: (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    },
  });
  if (outcome.exitCode === 0) return;
  if (outcome.exitCode === GONE_STATUS) throw removed();
  throw new DrError(
    'REMOTE_FAILED',
    `${host.name}: ${said.slice(-3).join(' | ') || `stato / status ${outcome.exitCode}`}`,
    'Leggere il messaggio qui sopra; il comando si può ripetere senza danno. / Read the message above; running the command again does no harm.',
  );
}

function removed(): DrError {
  return new DrError(
    'CASSETTE_REMOVED',
    'La cassetta è stata tolta, o non risponde più, durante la lettura. / The cassette was taken out, or went silent, while it was read.',
    'Inserirla di nuovo e ripetere: si continua da dove si era arrivati. / Plug it in and run again: it goes on from where it was.',
  );
}
