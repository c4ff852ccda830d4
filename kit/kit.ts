/** The recovery kit on a cassette, written. What it is made of: docs/kit.md; how it is checked: scripts/verify/kit.ts. */
import { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { DrError } from '../core/errors.ts';
import { monotonicMs, utcNow } from '../core/time.ts';
import { applyBash } from '../platforms/remote.ts';
import { withRemoteLock } from '../platforms/remote-lock.ts';
import { explained, requireCassette } from '../platforms/restic/cassette.ts';
import { RemoteHost, shellQuote } from '../platforms/ssh.ts';
import { type ToolArchive, toolArchive } from '../platforms/tool/archive.ts';
import { type KitManifest, type KitProbe, probeKit } from '../platforms/tool/kit-probe.ts';
import { passphraseName, passphraseOf, type ScriptContext } from '../scripts/context.ts';
import { gatherPrivatePart, type PrivatePart } from './private-part.ts';

/** The kit's files that are written here as text. */
const texts = ['start.sh', 'LEGGIMI.txt', 'README.txt'] as const;
const file = (name: string): URL => new URL(name, import.meta.url);

export type KitRequest = { host: string; label: string; plan?: string | undefined };
export type KitOutcome = {
  changed: boolean;
  manifest: KitManifest;
  sizeBytes: number;
  durationMs: number;
  warnings: string[];
};

/**
 * Writes the kit, or leaves one that is whole and the same as it is. The old one is replaced when the new one has been read back.
 * A second writer waits for the first.
 * @throws DrError CASSETTE_ABSENT, CASSETTE_WRONG_LABEL, CASSETTE_BLANK, KIT_NO_ROOM, KIT_WRITE, KIT_BUILD, PULUMI_MISSING, HOST_BUSY
 */
export async function writeKit(context: ScriptContext, request: KitRequest): Promise<KitOutcome> {
  const started = monotonicMs();
  const { label } = request;
  await using host = await RemoteHost.connect(context.access, request.host);
  await requireCassette(host, label);
  const written = await withRemoteLock(
    host,
    '/run/dr-kit.lock',
    context.progress,
    async () => await writeAlone(context, host, request),
  );
  return { ...written, durationMs: monotonicMs() - started };
}

async function writeAlone(
  context: ScriptContext,
  host: RemoteHost,
  { label, plan }: KitRequest,
): Promise<Omit<KitOutcome, 'durationMs'>> {
  const passphrase = await passphraseOf(context, label);
  const part = await gatherPrivatePart(context, plan);
  const tool = await toolArchive(context.progress);
  const { warnings } = part;
  const before = await probeKit(host, label, passphrase);
  if (before.state === 'whole' && (await isSame(before, tool, part))) {
    const { manifest, sizeBytes } = before;
    return { warnings, changed: false, manifest, sizeBytes };
  }
  const { manifest, sizeBytes } = await explained(
    label,
    async () => await writeNew(context, host, { label, passphrase, tool, part }),
  );
  return { warnings, changed: true, manifest, sizeBytes };
}

async function isSame(probe: WholeKit, tool: ToolArchive, part: PrivatePart): Promise<boolean> {
  const ours = await Promise.all(
    texts.map(async (name) => sumLine(digest(await readFile(file(name))), name)),
  );
  const wanted = [...ours, sumLine(tool.archiveSha256, 'tool.deb')];
  return (
    probe.sealed?.intact === true &&
    probe.sealed.content === part.digest &&
    probe.manifest.digest === tool.digest &&
    wanted.every((line) => probe.sums.includes(line))
  );
}

type WholeKit = Extract<KitProbe, { state: 'whole' }>;
type NewKit = { label: string; passphrase: string; tool: ToolArchive; part: PrivatePart };

async function writeNew(
  context: ScriptContext,
  host: RemoteHost,
  { label, passphrase, tool, part }: NewKit,
): Promise<WholeKit> {
  const name = `.kit-${randomBytes(6).toString('hex')}`;
  const folder = `/media/${label}/${name}`;
  const begun = z.strictObject({ restic: z.string(), archiveThere: z.boolean() }).parse(
    JSON.parse(
      await applyBash(host, file('begin-kit.sh'), {
        parameters: { LABEL: label, NEW: name, ARCHIVE: tool.archiveSha256, BYTES: tool.archiveBytes },
        secret: passphrase,
      }),
    ),
  );
  const written = await fillKit(context, host, { label, passphrase, tool, part, name, folder, begun }).catch(
    async (error: unknown) => {
      await host.try(`rm -rf ${folder}`).catch(() => undefined);
      throw error;
    },
  );
  // From here on it may be the kit: nothing takes it away again.
  await applyBash(host, file('write-kit.sh'), { parameters: { LABEL: label, NEW: name } });
  return written;
}

type BegunKit = NewKit & {
  name: string;
  folder: string;
  begun: { restic: string; archiveThere: boolean };
};

/** All files of the new kit, and what it is when it is read back from the medium. */
async function fillKit(
  context: ScriptContext,
  host: RemoteHost,
  { label, passphrase, tool, part, name, folder, begun }: BegunKit,
): Promise<WholeKit> {
  if (!begun.archiveThere) {
    context.progress(
      `Scrivo il programma sulla cassetta / writing the tool: ${Math.ceil(tool.archiveBytes / 1024 ** 2)} MiB`,
    );
    await send(host, createReadStream(tool.file), `cat > ${folder}/tool.deb`);
  }
  const { file: _file, archiveSha256, archiveBytes: _bytes, ...described } = tool;
  // Under this name start.sh puts what is typed among the secrets.
  const key = passphraseName(context.inventory, label);
  const manifest = `${JSON.stringify({ format: 1, ...described, label, key, writtenAtUtc: utcNow() }, null, 1)}\n`;
  const files: [string, Buffer][] = [['kit.json', Buffer.from(manifest)]];
  for (const text of texts) files.push([text, await readFile(file(text))]);
  for (const [to, content] of files) await send(host, Readable.from([content]), `cat > ${folder}/${to}`);
  const sums = [
    ...files.map(([to, content]) => sumLine(digest(content), to)),
    sumLine(begun.restic, 'restic'),
    sumLine(archiveSha256, 'tool.deb'),
  ].join('');
  await sealPart(host, folder, passphrase, await part.archive(sums));
  // Last: without it nothing is a kit.
  const finish = `cat > ${folder}/SHA256SUMS && ${forgetCached(folder)}`;
  await send(host, Readable.from([Buffer.from(sums)]), finish);
  return await requireWhole(host, { label, passphrase, name });
}

/** So that what is read back is what the medium holds. */
function forgetCached(folder: string): string {
  return `sync -f ${folder} && find ${folder} -type f -exec dd if={} of=/dev/null iflag=nocache count=0 status=none ';'`;
}

/** The new kit as it lies beside the old one, read back. */
async function requireWhole(
  host: RemoteHost,
  { label, passphrase, name }: { label: string; passphrase: string; name: string },
): Promise<WholeKit> {
  const found = await probeKit(host, label, passphrase, name);
  if (found.state !== 'whole') throw notWritten(label, found.state === 'broken' ? found.why : found.state);
  if (found.sealed?.intact !== true) throw notWritten(label, found.sealed?.why ?? 'private');
  return found;
}

/** Encrypted on its way to the medium: it is never a file of the host's. */
async function sealPart(
  host: RemoteHost,
  folder: string,
  passphrase: string,
  archive: Buffer,
): Promise<void> {
  const script = `IFS= read -r RESTIC_PASSWORD; export RESTIC_PASSWORD
exec restic --repo ${folder}/private --no-cache --quiet backup --stdin --stdin-filename private.tar --host kit`;
  await send(host, Readable.from([Buffer.from(`${passphrase}\n`), archive]), `bash -c ${shellQuote(script)}`);
}

async function send(host: RemoteHost, stdin: Readable, command: string): Promise<void> {
  const { exitCode, stderr } = await host.try(command, { stdin });
  if (exitCode !== 0)
    throw new DrError(
      'REMOTE_FAILED',
      `${host.name}: ${stderr.trim()}`,
      'Leggere il messaggio qui sopra. / Read the message above.',
      { cause: new Error(stderr) },
    );
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function sumLine(sum: string, name: string): string {
  return `${sum}  ${name}\n`;
}

function notWritten(label: string, why: string): DrError {
  return new DrError(
    'KIT_WRITE',
    `Il kit su ${label} non è integro dopo la scrittura: ${why} / The kit is not whole after it was written.`,
    'Ripetere; se succede ancora, sostituire la cassetta. / Run again; if it happens again, replace the cassette.',
  );
}
