/**
 * Runs the plain bash and python programs that lie beside the platform modules on another host.
 * They stay files of their own so that a person can read them on paper and run them by hand when nothing else works.
 */
import { readFile } from 'node:fs/promises';
import { DrError } from '../core/errors.ts';
import { hostBusy } from './remote-lock.ts';
import { REFUSAL, type RemoteHost, refusalIn, shellQuote } from './ssh.ts';

export type RemoteParameters = Record<string, string | number | boolean>;

export type RemoteOptions = {
  parameters?: RemoteParameters;
  /** Handed over on standard input, one line; the program finds it in $DR_SECRET. */
  secret?: string;
  /** Progress lines (the program's standard error). */
  onProgress?: (line: string) => void;
};

/**
 * What every changing program begins with. Only one works on a host at a time: the kernel frees the lock when its holder dies,
 * so a killed run leaves nothing to clean, and one that outlived its caller is waited for. `refuse CODE MESSAGE HINT` ends a
 * program with a sentence that reaches the person as it is.
 */
const PRELUDE = `refuse() { printf '${REFUSAL}\\t%s\\t%s\\t%s\\n' "$1" "$2" "$3" >&2; exit 1; }
exec 9>/run/dr.lock
flock --nonblock 9 || {
  [ $? = 1 ] || exit 1 # it did not work at all
  echo 'In attesa: un altro comando lavora su questa macchina. / Waiting: another command works on this host.' >&2
  flock --timeout ${hostBusy.timeoutSeconds} 9 || { [ $? != 1 ] || refuse HOST_BUSY "${hostBusy.message('$(hostname)')}" '${hostBusy.hint}'; exit 1; }
}
`;

/** Runs a bash program that changes the host, alone on it. Returns its standard output. @throws DrError REMOTE_FAILED */
export async function applyBash(
  host: RemoteHost,
  program: URL,
  options: RemoteOptions = {},
): Promise<string> {
  return await applyBashText(host, await readFile(program, 'utf8'), options);
}

/** Like {@link applyBash}, for a program put together from several files. */
export async function applyBashText(
  host: RemoteHost,
  text: string,
  options: RemoteOptions = {},
): Promise<string> {
  return await runBash(host, PRELUDE + text, options);
}

/** Several program files as one text, in this order. */
export async function programText(...files: readonly URL[]): Promise<string> {
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}

/** Runs a bash program that only looks. Returns its standard output. @throws DrError REMOTE_FAILED */
export async function probeBash(
  host: RemoteHost,
  program: URL,
  options: RemoteOptions = {},
): Promise<string> {
  return await runBash(host, await readFile(program, 'utf8'), options);
}

async function runBash(host: RemoteHost, text: string, options: RemoteOptions): Promise<string> {
  const exports = Object.entries(options.parameters ?? {})
    .map(([name, value]) => `export ${name}=${shellQuote(String(value))}\n`)
    .join('');
  return await host.bash(exports + text, {
    ...(options.secret !== undefined && { secret: options.secret }),
    ...(options.onProgress && { onStderr: options.onProgress }),
  });
}

/**
 * Runs a python program on the host (Samba's own bindings are only there); `input` reaches it as JSON on standard input.
 * Returns its standard output. @throws DrError REMOTE_FAILED
 */
export async function runPython(
  host: RemoteHost,
  program: URL,
  input: unknown,
  onProgress?: (line: string) => void,
): Promise<string> {
  return await runPythonText(host, await readFile(program, 'utf8'), input, onProgress);
}

/** Like {@link runPython}, for a program put together from several files. @throws DrError the program's own, REMOTE_FAILED */
export async function runPythonText(
  host: RemoteHost,
  text: string,
  input: unknown,
  onProgress?: (line: string) => void,
): Promise<string> {
  const outcome = await host.try(`exec python3 -c ${shellQuote(text)}`, {
    stdin: JSON.stringify(input),
    ...(onProgress && { onStderr: (chunk) => onProgress(chunk.toString('utf8').trimEnd()) }),
  });
  if (outcome.exitCode === 0) return outcome.stdout;
  const refusal = refusalIn(host.name, outcome.stderr);
  if (refusal !== undefined) throw refusal;
  throw new DrError(
    'REMOTE_FAILED',
    `${host.name}: ${outcome.stderr.trim().split('\n').slice(-3).join(' | ') || `stato / status ${outcome.exitCode}`}`,
    'Leggere il messaggio qui sopra; il comando si può ripetere senza danno. / Read the message above; running the command again does no harm.',
  );
}
