/** The kit: a folder filled beforehand for a machine without internet; every file is proved by its digest before use. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Surroundings } from '../surroundings.ts';
import { type Source, unavailable } from './source.ts';
import type { Unpack } from './unpack.ts';

/** A source that unpacks the kit's file whose name begins with `prefix`. */
export function kitSource(kit: Surroundings['kit'], prefix: string, unpack: Unpack): Source {
  return {
    id: 'kit',
    title: 'kit (DR_KIT)',
    async fetch(folder) {
      if ('absent' in kit) throw unavailable(kit.absent);
      await unpack(await provenFile(kit.folder, prefix), folder);
    },
  };
}

async function provenFile(kit: string, prefix: string): Promise<string> {
  const sums = await readFile(join(kit, 'SHA256SUMS'), 'utf8');
  const entry = sums
    .split('\n')
    .map((line) => /^([0-9a-f]{64}) [ *](\S+)$/.exec(line))
    .find((match) => match?.[2]?.startsWith(prefix));
  const [, expected, name] = entry ?? [];
  if (expected === undefined || name === undefined)
    throw unavailable(`${prefix}* non è in / is not in SHA256SUMS (${kit})`);
  const file = join(kit, name);
  const actual = await sha256(file);
  if (actual !== expected) {
    throw unavailable(
      `${file}: il file non è quello di SHA256SUMS, rifiutato / is not the one of SHA256SUMS, refused (${actual.slice(0, 12)} ≠ ${expected.slice(0, 12)})`,
    );
  }
  return file;
}

/** SHA-256 of a file, read as a stream. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
