/** What is done to an application on the server that holds it; the programs beside this file do it, in Python, with the engine's own tools. */
import { z } from 'zod';
import type { Application } from '../../inventory/schema-applications.ts';
import { applyBashText, programText, runPythonText } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';

const file = (name: string): URL => new URL(name, import.meta.url);
const programs = ['common.py', 'postgresql.py', 'mariadb.py', 'files.py', 'application.py'].map(file);

/** Where a dump lies on an application server, on its way to the cassette or from it. */
export function workFolder(id: string): string {
  return `/var/lib/dr-applications/${id}`;
}

const changedSchema = z.strictObject({ changed: z.boolean() });
const dumpedSchema = z.strictObject({ rows: z.number(), files: z.number(), bytes: z.number() });
export type Dumped = z.infer<typeof dumpedSchema>;

type OnProgress = (line: string) => void;

/**
 * Dumps database and files of one instant into {@link workFolder}, with the service up.
 * @throws DrError APPLICATION_EMPTY, APPLICATION_BUSY, APPLICATION_FOLDER_MISSING, DATABASE_UNREACHABLE, DUMP_FAILED
 */
export async function dumpApplication(
  host: RemoteHost,
  application: Application,
  onProgress?: OnProgress,
): Promise<Dumped> {
  return dumpedSchema.parse(await change(host, application, 'dump', {}, onProgress));
}

/** True where it is restored from that snapshot (its whole id) already. */
export async function isRestored(
  host: RemoteHost,
  application: Application,
  snapshot: string,
): Promise<boolean> {
  const answer = await look(host, application, 'probe', { snapshot });
  return z.strictObject({ whole: z.boolean() }).parse(answer).whole;
}

/**
 * Restores from {@link workFolder}: half of it never looks whole, and nothing is started.
 * @throws DrError DATABASE_NOT_EMPTY, ENGINE_TOO_OLD, DUMP_TRUNCATED, DUMP_DAMAGED, DUMP_ENCODING, LOCALE_MISSING, DATABASE_UNREACHABLE
 */
export async function restoreDump(
  host: RemoteHost,
  application: Application,
  snapshot: string,
  onProgress?: OnProgress,
): Promise<{ changed: boolean }> {
  return changedSchema.parse(await change(host, application, 'restore', { snapshot }, onProgress));
}

/** Starts what {@link restoreDump} has restored. @throws DrError APPLICATION_NOT_RESTORED, STOPPED_SERVING */
export async function startUnits(
  host: RemoteHost,
  application: Application,
  snapshot: string,
): Promise<{ changed: boolean }> {
  return changedSchema.parse(await change(host, application, 'start', { snapshot }));
}

/** Whether a restore has put it there, and whether its units run. */
export async function lookAtApplication(
  host: RemoteHost,
  application: Application,
): Promise<{ restored: boolean; serves: boolean }> {
  const answer = await look(host, application, 'look', {});
  const { phase, serves } = z.strictObject({ phase: z.string(), serves: z.boolean() }).parse(answer);
  return { restored: phase === 'whole', serves };
}

/** Takes away what {@link restoreDump} has put there; anything else stays. */
export async function removeApplication(
  host: RemoteHost,
  application: Application,
): Promise<{ changed: boolean }> {
  return changedSchema.parse(await change(host, application, 'undo', {}));
}

/** A drill's deliberate damage: the largest table loses a row. Gives the table's name. */
export async function loseRow(host: RemoteHost, application: Application): Promise<string> {
  return z.strictObject({ table: z.string() }).parse(await change(host, application, 'damage', {})).table;
}

/** The manifest that a dump carries, as it was written: only the programs read it. */
export const dumpManifestSchema = z.looseObject({ version: z.string() });
export type DumpManifest = z.infer<typeof dumpManifestSchema>;

const findingSchema = z.strictObject({ wrong: z.array(z.string()), good: z.string() });

/** Compares with the manifest of the dump: rows of each table, files, or the engine's own structures. @throws DrError DATABASE_UNREACHABLE */
export async function compareApplication(
  host: RemoteHost,
  application: Application,
  part: 'rows' | 'files' | 'integrity',
  manifest: DumpManifest,
): Promise<z.infer<typeof findingSchema>> {
  return findingSchema.parse(await look(host, application, part, { manifest }));
}

/** Notes that a verification's own visit begins, so that one that is cut off is not taken for damage. Only where every row was right. */
export async function noteArrival(host: RemoteHost, application: Application): Promise<void> {
  await look(host, application, 'arrive', {});
}

/**
 * Notes how a verification's own visit has left the tables, so that the next one tells damage from it. Only after a visit that found
 * every row right.
 */
export async function noteVisit(
  host: RemoteHost,
  application: Application,
  manifest: DumpManifest,
): Promise<void> {
  await look(host, application, 'leave', { manifest });
}

/** That the application's engine runs and has its database. @throws DrError DATABASE_UNREACHABLE */
export async function databaseAnswers(host: RemoteHost, application: Application): Promise<void> {
  await look(host, application, 'reach', {});
}

async function change(
  host: RemoteHost,
  application: Application,
  verb: 'dump' | 'restore' | 'start' | 'undo' | 'damage',
  input: Record<string, unknown>,
  onProgress?: OnProgress,
): Promise<unknown> {
  const notStopped =
    verb === 'start' ? await programText(new URL('../samba/not-stopped.sh', import.meta.url)) : '';
  const answer = await applyBashText(host, `${notStopped}\npython3 -c "$PROGRAM" <<< "$INPUT"`, {
    parameters: {
      PROGRAM: await programText(...programs),
      INPUT: JSON.stringify({ verb, application: facts(application), ...input }),
    },
    ...(onProgress && { onProgress }),
  });
  return JSON.parse(answer);
}

async function look(
  host: RemoteHost,
  application: Application,
  verb: string,
  input: Record<string, unknown>,
): Promise<unknown> {
  const given = { verb, application: facts(application), ...input };
  return JSON.parse(await runPythonText(host, await programText(...programs), given));
}

function facts({ id, database, folders, units }: Application): object {
  return { id, database, folders, units };
}
