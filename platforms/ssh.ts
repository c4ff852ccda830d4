/** The only door to other hosts (node-ssh, loaded when it is needed). Host keys are pinned, secrets go over stdin, never in a command line. */
import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import type { NodeSSH } from 'node-ssh';
import type { ClientChannel } from 'ssh2';
import { DrError } from '../core/errors.ts';
import { type Access, hostOf } from './access.ts';
import { lastLines, spawnDuplex, startShell, tryShell } from './exec.ts';

export type RemoteOutcome = { exitCode: number; stdout: string; stderr: string };
export type RemoteInput = {
  /** Text or stream for the remote program's standard input. */
  stdin?: string | Readable;
  /** Called with each chunk of progress as it arrives. */
  onStderr?: (chunk: Buffer) => void;
};

/** How long a host has to hear that what runs on it is to end. */
const HEAR_MS = 2_000;

/** Each command of a connection leads a process group of its own, whose father is the connection's sshd; this one spares itself. */
const END_THE_OTHERS =
  'for status in $(grep -ls "^PPid:[[:space:]]*$PPID$" /proc/[0-9]*/status); do group=${status#/proc/}; group=${group%/status}; [ "$group" = $$ ] || kill -TERM "-$group"; done';

/** Nobody took a TCP connection; the message is what the operating system said. */
export class NoConnection extends Error {}

/** One SSH connection to one host, or a shell of this machine where the access file says `local`. Close it with `await using` or {@link RemoteHost.close}. */
export class RemoteHost implements AsyncDisposable {
  readonly name: string;
  /** Null: this machine itself. */
  readonly #ssh: NodeSSH | null;
  /** Others have it too ({@link keepConnections}). */
  readonly #isKept: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = (): void => this.#end();

  private constructor(name: string, ssh: NodeSSH | null, signal: AbortSignal | undefined, isKept = false) {
    this.name = name;
    this.#ssh = ssh;
    this.#isKept = isKept;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#stop);
    if (signal?.aborted) this.#stop();
  }

  /** What this connection has begun on the host is told to end there; a host that does not hear is left alone. */
  #end(): void {
    const connection = this.#ssh?.connection;
    if (!connection) return;
    const cut = (): void => void connection.destroy();
    const unheard = setTimeout(cut, HEAR_MS);
    connection.once('close', () => clearTimeout(unheard));
    connection.exec(END_THE_OTHERS, (error, channel) => {
      if (error) return cut();
      channel.resume().once('close', cut);
      channel.stderr.resume();
    });
  }

  /**
   * Connects within `timeoutMs` (default 10 s).
   * @throws DrError HOST_UNKNOWN (not in the access file), ACCESS_FILE (a file that it names can't be read), HOST_UNREACHABLE,
   *   HOST_KEY_CHANGED, HOST_REFUSED (key not accepted), STOPPED (the access's signal)
   */
  static async connect(access: Access, name: string, timeoutMs = 10_000): Promise<RemoteHost> {
    const host = hostOf(access, name);
    const { signal } = access;
    if (signal?.aborted) throw stopped(name);
    if (host.local === true) return new RemoteHost(name, null, signal);
    const connections = keptConnections.get(access);
    if (connections === undefined)
      return new RemoteHost(name, await openSsh(access, name, timeoutMs), signal);
    const connection = connections.get(name) ?? openSsh(access, name, timeoutMs);
    connections.set(name, connection);
    return new RemoteHost(name, await connection, signal, true);
  }

  /** Runs one command line through the remote shell; any exit status is a value. A lost connection throws CONNECTION_LOST. */
  async try(command: string, input: RemoteInput = {}): Promise<RemoteOutcome> {
    if (this.#ssh === null)
      return await tryShell(command, { ...input, ...(this.#signal && { cancelSignal: this.#signal }) });
    const result = await this.#ssh
      .execCommand(command, {
        noTrim: true,
        stdin: input.stdin ?? '',
        ...(input.onStderr && { onStderr: input.onStderr }),
      })
      .catch((error: unknown) => {
        throw connectionLost(this.name, error);
      });
    if (result.code === null) throw connectionLost(this.name);
    return { exitCode: result.code, stdout: result.stdout, stderr: result.stderr };
  }

  /**
   * Runs a bash script given as text (sent over stdin, so nothing of it shows in the remote process list).
   * `secret` follows the script as one line, which the script finds in $DR_SECRET.
   * @throws DrError under the script's own code where it refused (see remote.ts), else REMOTE_FAILED with the last lines it said.
   */
  async bash(
    script: string,
    options: { secret?: string; onStderr?: (line: string) => void } = {},
  ): Promise<string> {
    const prelude = options.secret === undefined ? '' : 'IFS= read -r DR_SECRET; export DR_SECRET\n';
    const secretLine = options.secret === undefined ? '' : `${options.secret}\n`;
    // A function body is parsed whole before it runs, so a connection cut in the middle of the text runs nothing.
    const text = `dr_main() {\n${prelude}set -euo pipefail\n${script}\n}\ndr_main; exit $?\n${secretLine}`;
    const outcome = await this.try('bash -s', {
      stdin: text,
      ...(options.onStderr && { onStderr: lines(options.onStderr) }),
    });
    if (outcome.exitCode !== 0) throw remoteError(this.name, outcome);
    return outcome.stdout;
  }

  /**
   * Feeds the output of a command here to a command on another host, a piece at a time: the size does not matter.
   * @throws DrError REMOTE_FAILED naming the side that failed
   */
  async pipeTo(command: string, target: RemoteHost, targetCommand: string): Promise<void> {
    if (this.#ssh === null) return await this.#pipeFromHere(command, target, targetCommand);
    const source = await this.#openChannel(command);
    const said: string[] = [];
    source.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
    const exit = new Promise<number>((resolve) => {
      source.on('exit', (code: number | null) => resolve(code ?? 255));
      source.on('close', () => resolve(255));
    });
    const received = await target.try(targetCommand, { stdin: source });
    const exitCode = await exit;
    if (exitCode !== 0) throw remoteError(this.name, { exitCode, stdout: '', stderr: said.join('') });
    if (received.exitCode !== 0) throw remoteError(target.name, received);
  }

  /**
   * Connects from here to an address that the host sees, as a program on it would.
   * @throws NoConnection nobody answers there; any other error says that nobody could try
   */
  async openTcp(address: string, port: number): Promise<Duplex> {
    if (this.#ssh === null) return await connectHere(address, port);
    const connection = this.#ssh.connection;
    if (connection === null) throw connectError(this.name, '', false, 'closed');
    return await new Promise((resolve, reject) => {
      connection.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (error === undefined) resolve(channel);
        else
          reject(isNoConnection(error) ? new NoConnection(error.message.replace(/^.*failure: /, '')) : error);
      });
    });
  }

  async #pipeFromHere(command: string, target: RemoteHost, targetCommand: string): Promise<void> {
    const source = await startShell(command);
    const received = await target.try(targetCommand, { stdin: source.stdout });
    const sent = await source.ended;
    if (sent.exitCode !== 0) throw remoteError(this.name, sent);
    if (received.exitCode !== 0) throw remoteError(target.name, received);
  }

  async #openChannel(command: string): Promise<ClientChannel> {
    const connection = this.#ssh?.connection ?? null;
    if (connection === null) throw connectError(this.name, '', false, 'closed');
    return await new Promise((resolve, reject) => {
      connection.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
    });
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#stop);
    if (!this.#isKept) this.#ssh?.dispose();
    await Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function openSsh(access: Access, name: string, timeoutMs: number): Promise<NodeSSH> {
  const host = hostOf(access, name);
  const pinned = pinnedKeys(await readNamed(access.knownHostsFile), name);
  const privateKey = await readNamed(access.privateKeyFile);
  const ssh = new (await import('node-ssh')).NodeSSH();
  const sock = access.proxyCommand && (await proxy(access.proxyCommand, host.address, host.port));
  let offeredWrongKey = false;
  try {
    const connected = ssh.connect({
      host: host.address,
      port: host.port,
      username: access.user,
      privateKey,
      readyTimeout: timeoutMs,
      keepaliveInterval: 5_000,
      keepaliveCountMax: 6,
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key: Buffer) => {
        offeredWrongKey = !pinned.includes(key.toString('base64'));
        return !offeredWrongKey;
      },
      ...(sock && { sock }),
    });
    // A lost connection shows as the failure of the command under way; one lost at once must not end the program.
    ssh.connection?.on('error', () => undefined);
    await connected;
  } catch (error) {
    ssh.dispose();
    sock?.destroy();
    if (error instanceof Error && /parse privateKey/i.test(error.message))
      throw unusableFile(access.privateKeyFile, error);
    throw connectError(name, host.address, offeredWrongKey, error);
  }
  return ssh;
}

const keptConnections = new WeakMap<Access, Map<string, Promise<NodeSSH>>>();

/**
 * Until this is disposed, each host of this access file is connected to once, by whoever asks first, and all work over that connection: to
 * make one takes a tenth of a second of processor time. One that fails or is lost is not made again.
 */
export function keepConnections(access: Access): AsyncDisposable {
  const connections = new Map<string, Promise<NodeSSH>>();
  keptConnections.set(access, connections);
  return {
    [Symbol.asyncDispose]: async () => {
      keptConnections.delete(access);
      const made = await Promise.allSettled(connections.values());
      for (const one of made) if (one.status === 'fulfilled') one.value.dispose();
    },
  };
}

/** Opens a connection, gives it to `work`, and closes it whatever happens. */
export async function withHost<T>(
  access: Access,
  name: string,
  work: (host: RemoteHost) => Promise<T>,
): Promise<T> {
  await using host = await RemoteHost.connect(access, name);
  return await work(host);
}

/** Quotes one word for a POSIX shell. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function connectHere(address: string, port: number): Promise<Duplex> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => reject(new NoConnection(error.message)));
  });
}

/** RFC 4254, 5.1: SSH_OPEN_CONNECT_FAILED. */
const CONNECT_FAILED = 2;

function isNoConnection(error: Error): boolean {
  return 'reason' in error && error.reason === CONNECT_FAILED;
}

/** A file that the access file names. */
async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unusableFile(path, error);
  }
}

function unusableFile(path: string, cause: unknown): DrError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DrError(
    'ACCESS_FILE',
    `Il file "${path}", indicato nel file di accesso, non si può usare: ${reason} / A file named by the access file cannot be used.`,
    'Rimetterlo al suo posto, o correggere privateKeyFile e knownHostsFile nel file di accesso. / Put it back, or correct its path in the access file.',
    { cause },
  );
}

function pinnedKeys(knownHosts: string, name: string): string[] {
  return knownHosts
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[0] === name && fields[2] !== undefined)
    .map((fields) => String(fields[2]));
}

async function proxy(command: readonly string[], address: string, port: number): Promise<Duplex> {
  const [program, ...args] = command.map((word) =>
    word.replaceAll('%h', address).replaceAll('%p', String(port)),
  );
  return await spawnDuplex(String(program), args);
}

function stopped(name: string): DrError {
  return new DrError(
    'STOPPED',
    `Interrotto prima di collegarsi a ${name}. / Stopped before connecting to ${name}.`,
    'Riprovare il passo. / Try the step again.',
  );
}

function connectionLost(name: string, cause?: unknown): DrError {
  return new DrError(
    'CONNECTION_LOST',
    `Il collegamento con ${name} è caduto durante un comando. / The connection to ${name} was lost in the middle of a command.`,
    'Controllare che la macchina sia accesa e in rete, poi ripetere: ciò che era fatto non si rifà. / Check that it is on and connected, then run again: what was done is not done again.',
    { cause },
  );
}

function connectError(name: string, address: string, wrongKey: boolean, error: unknown): DrError {
  if (wrongKey) {
    return new DrError(
      'HOST_KEY_CHANGED',
      `La chiave SSH di ${name} (${address}) non è quella registrata: può essere un'altra macchina. / The SSH host key of ${name} is not the pinned one: it may be another machine.`,
      "Verificare di persona quale macchina risponde a quell'indirizzo; solo dopo aggiornare known_hosts. / Check in person which machine answers; only then update known_hosts.",
      { cause: error },
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/authentication methods failed/i.test(message)) {
    return new DrError(
      'HOST_REFUSED',
      `${name} (${address}) non accetta la nostra chiave SSH. / ${name} does not accept our SSH key.`,
      'Controllare privateKeyFile nel file di accesso e authorized_keys sulla macchina. / Check privateKeyFile and authorized_keys.',
      { cause: error },
    );
  }
  return new DrError(
    'HOST_UNREACHABLE',
    `${name} (${address}) non risponde: ${message}. / ${name} does not answer.`,
    'Controllare che la macchina sia accesa e il cavo di rete collegato, poi ripetere il comando. / Check power and network cable, then run again.',
    { cause: error },
  );
}

/** Begins the line with which a remote program refuses: code, sentence and hint, parted by tabs. */
export const REFUSAL = 'DR_REFUSED';

/** What a remote program refused with; undefined where it failed otherwise. */
export function refusalIn(name: string, stderr: string): DrError | undefined {
  const refusal = stderr.split('\n').find((line) => line.startsWith(`${REFUSAL}\t`));
  const [, code, message, hint] = refusal?.split('\t') ?? [];
  return code && message && hint ? new DrError(code, `${name}: ${message}`, hint) : undefined;
}

function remoteError(name: string, outcome: RemoteOutcome): DrError {
  const refusal = refusalIn(name, outcome.stderr);
  if (refusal !== undefined) return refusal;
  return new DrError(
    'REMOTE_FAILED',
    `${name}: ${lastLines(outcome.stderr || outcome.stdout, 6) || `stato / status ${outcome.exitCode}`}`,
    'Leggere il messaggio qui sopra; il comando si può ripetere senza danno. / Read the message above; running the command again does no harm.',
    // All that was said, for whoever knows what to look for in it.
    { cause: new Error(outcome.stderr) },
  );
}

function lines(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (!part.startsWith(REFUSAL)) onLine(part);
  };
}
