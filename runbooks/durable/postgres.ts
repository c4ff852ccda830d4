/**
 * The database that runs are kept in: a server by URL (`DR_DATABASE_URL`), else a Postgres of our own on this machine, from the
 * npm package, in one folder. It outlives the program that started it, kill -9 included; the next program finds it running.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import { lastLines, tryRun } from '../../platforms/exec.ts';
import { completeLibraries, postgresFolder } from '../../platforms/postgres-package.ts';
import { unreachable } from './store.ts';

const SUPERUSER = 'dr';
const START_SECONDS = 60;
/** How long a server that does not even run is tried again. */
const RETRY_SECONDS = 15;
const ASK_EVERY_MS = 50;

/** Written once, before the first start. The password is in a file of its own that only the owner reads. */
const settingsSchema = z.strictObject({ port: z.number().int() });

/**
 * The URL of the database, which answers.
 * @throws DrError DATABASE_URL, DATABASE_UNREACHABLE, DATABASE_START
 */
export async function openDatabase(folder: string): Promise<string> {
  const given = process.env['DR_DATABASE_URL'];
  if (given !== undefined && given !== '') {
    requireUrl(given);
    await requireAnswer(given);
    return given;
  }
  return await startOwn(folder);
}

/** Like {@link openDatabase} for who only looks: a database that is not running stays so. */
export async function findDatabase(folder: string): Promise<string | undefined> {
  const given = process.env['DR_DATABASE_URL'];
  if (given !== undefined && given !== '') {
    requireUrl(given);
    return (await answers(given)) === undefined ? given : undefined;
  }
  if (!existsSync(join(folder, 'settings.json'))) return undefined;
  const url = ownUrl(folder);
  return (await answers(url)) === undefined ? url : undefined;
}

/** Like {@link stopDatabase}, unless another program is connected. Does nothing to a server given by URL. */
export async function stopDatabaseUnlessUsed(folder: string): Promise<void> {
  if (!existsSync(join(folder, 'data', 'postmaster.pid'))) return;
  const client = new Client({ connectionString: ownUrl(folder), connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query(
      "select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    if (rowCount !== 0) return;
  } catch {
    return; // it answers to nobody, or is ending already
  } finally {
    await client.end().catch(() => undefined);
  }
  await stopDatabase(folder);
}

/** Ends the server of `folder`, in an orderly way. Does nothing where none runs. */
export async function stopDatabase(folder: string): Promise<void> {
  if (!existsSync(join(folder, 'data', 'postmaster.pid'))) return;
  await asOrdinaryUser('pg_ctl', ['--pgdata', join(folder, 'data'), '--mode', 'fast', '--wait', 'stop']);
}

/**
 * A server that was killed needs a moment: its helpers end after it, and the next one replays its journal. So this goes on trying for
 * a while.
 */
async function startOwn(folder: string): Promise<string> {
  if (!existsSync(join(folder, 'settings.json'))) await initialise(folder);
  const startedMs = performance.now();
  for (;;) {
    const refusal = await answers(ownUrl(folder));
    if (refusal === undefined) return ownUrl(folder);
    const runs = serverProcess(folder) !== undefined;
    const passedMs = performance.now() - startedMs;
    if (passedMs > (runs ? START_SECONDS : RETRY_SECONDS) * 1000)
      throw notStarted(folder, readSettings(folder).port, refusal);
    // Somebody else may start it at the same moment, or may have been killed meanwhile: what counts is that it answers.
    if (!runs) await startServer(folder);
    else await pause(ASK_EVERY_MS);
  }
}

async function startServer(folder: string): Promise<void> {
  forgetForeignProcess(join(folder, 'data'));
  // While it was down another program may have taken the port.
  if (!(await canListen(readSettings(folder).port))) await writeSettings(folder);
  const options = `-p ${readSettings(folder).port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60`;
  await asOrdinaryUser('pg_ctl', [
    `--pgdata=${join(folder, 'data')}`,
    `--log=${join(folder, 'postgres.log')}`,
    '--wait',
    `--timeout=${START_SECONDS}`,
    `--options=${options}`,
    'start',
  ]);
}

/** The living server of `folder`; the file that names it outlives one that was killed. */
function serverProcess(folder: string): number | undefined {
  const pid = namedProcess(join(folder, 'data'));
  return pid !== undefined && textOf(`/proc/${pid}/cmdline`).includes(join(folder, 'data')) ? pid : undefined;
}

function namedProcess(data: string): number | undefined {
  const pid = Number.parseInt(textOf(join(data, 'postmaster.pid')), 10);
  return Number.isNaN(pid) ? undefined : pid;
}

/**
 * The number of a killed server may be another program's by now, and the next server would refuse to start for good. In every other
 * case the file is left to Postgres, which looks by it whether a helper of the old server still writes.
 */
function forgetForeignProcess(data: string): void {
  const pid = namedProcess(data);
  if (pid === undefined || textOf(`/proc/${pid}/cmdline`) === '' || isUsed(data)) return;
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

/** Every process of a server works in its data folder. */
function isUsed(data: string): boolean {
  const real = realpathSync(data);
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`) === real;
    } catch {
      return false; // it ended meanwhile
    }
  });
}

/** Empty where there is none (any more). */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Each file gets its name when it is complete, `settings.json` last: whoever is killed in here is followed by one who begins again. */
async function initialise(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  completeLibraries();
  if (!existsSync(passwordFile(folder)))
    writeComplete(passwordFile(folder), randomBytes(24).toString('base64url'));
  const data = join(folder, 'data');
  if (!existsSync(data)) {
    const making = mkdtempSync(`${data}.new-`);
    const said = await asOrdinaryUser('initdb', [
      `--pgdata=${making}`,
      `--username=${SUPERUSER}`,
      '--auth=scram-sha-256',
      '--locale=C.UTF-8',
      '--encoding=UTF8',
      `--pwfile=${passwordFile(folder)}`,
    ]);
    if (said !== '') throw notStarted(folder, 0, said);
    renameSync(making, data);
  }
  await writeSettings(folder);
}

async function writeSettings(folder: string): Promise<void> {
  writeComplete(join(folder, 'settings.json'), JSON.stringify({ port: await freePort() }));
}

function writeComplete(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

/**
 * Postgres refuses to run as root. In a user namespace of its own root is somebody else to it, and the files stay root's. That is user 1,
 * `daemon`, because initdb looks the name up: every Debian has it, and a bare server has no user 1000.
 */
async function asOrdinaryUser(program: string, args: readonly string[]): Promise<string> {
  completeLibraries();
  const command = [join(postgresFolder(), 'bin', program), ...args];
  const [file = '', ...rest] =
    process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1', '--map-group=1', ...command] : command;
  // The server inherits what pg_ctl has open: with a pipe there, this program would wait for the server's end.
  const output = program === 'initdb' ? ({} as const) : ({ stdout: 'ignore', stderr: 'ignore' } as const);
  const { exitCode, stdout, stderr } = await tryRun(file, rest, output);
  return exitCode === 0 ? '' : lastLines(`${stdout}\n${stderr}`, 5);
}

function passwordFile(folder: string): string {
  return join(folder, 'password');
}

function readSettings(folder: string): z.infer<typeof settingsSchema> {
  return settingsSchema.parse(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')));
}

function ownUrl(folder: string): string {
  const password = readFileSync(passwordFile(folder), 'utf8');
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${readSettings(folder).port}/postgres`;
}

/** Undefined when the server answers, else what was said instead. */
async function answers(url: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function canListen(port: number): Promise<boolean> {
  return await listenOnce(port).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  return await listenOnce(0);
}

/** Gives the port. */
async function listenOnce(port: number): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function requireUrl(text: string): void {
  if (URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)) return;
  throw new DrError(
    'DATABASE_URL',
    "DR_DATABASE_URL non è l'indirizzo di un database Postgres. / It is not the address of a Postgres database.",
    'Deve avere la forma postgresql://utente@server:5432/base. / It must look like postgresql://user@server:5432/base.',
  );
}

async function requireAnswer(url: string): Promise<void> {
  const refusal = await answers(url);
  if (refusal !== undefined) throw unreachable(url, refusal);
}

function notStarted(folder: string, port: number, said: string): DrError {
  return new DrError(
    'DATABASE_START',
    `Il database delle esecuzioni non parte (porta ${port}): ${said.trim()}. / The database of the runs does not start.`,
    `Leggere ${join(folder, 'postgres.log')}; se il disco è pieno, liberare spazio; se la porta è occupata, cambiarla in settings.json. / Read that log; free disk space, or change the port in settings.json.`,
  );
}
