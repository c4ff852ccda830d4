/** Official releases over HTTPS: a refusal shows within seconds, a transfer is a stream to disk. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatBytes } from '../../core/sizes.ts';
import type { Progress } from '../stage.ts';
import { type Source, unavailable } from './source.ts';
import type { Unpack } from './unpack.ts';

const ANSWER_LIMIT_MS = 5_000;
const TRANSFER_LIMIT_MS = 15 * 60_000;

export type Release = {
  /** Path below the releases' URL. */
  archive: string;
  /** A list of SHA-256 digests beside it, where one is published. */
  checksums?: string;
};

/** A source that downloads one release archive and has it unpacked. */
export function downloadSource(releasesUrl: string | undefined, release: Release, unpack: Unpack): Source {
  return {
    id: 'download',
    title: `download (${release.archive})`,
    async fetch(folder, progress) {
      if (releasesUrl === undefined) throw unavailable('DR_NO_DOWNLOAD');
      const file = join(folder, 'download.tar.gz');
      const digest = await download(`${releasesUrl}/${release.archive}`, file, progress);
      if (release.checksums !== undefined) {
        const sums = await (await get(`${releasesUrl}/${release.checksums}`)).text();
        if (!sums.includes(digest))
          throw unavailable(`il digest non è in / the digest is not in ${release.checksums}`);
      }
      await unpack(file, folder);
      await rm(file);
    },
  };
}

/** Returns the SHA-256 of what came. */
async function download(url: string, file: string, progress: Progress): Promise<string> {
  const response = await get(url);
  if (!response.body) throw unavailable(`${url}: risposta vuota / empty answer`);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const watch = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      progress.say(formatBytes(sizeBytes));
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
  return hash.digest('hex');
}

async function get(url: string): Promise<Response> {
  const answer = new AbortController();
  const timer = setTimeout(() => {
    answer.abort(new Error(`nessuna risposta in ${ANSWER_LIMIT_MS / 1000} s / no answer in time`));
  }, ANSWER_LIMIT_MS);
  try {
    const signal = AbortSignal.any([answer.signal, AbortSignal.timeout(TRANSFER_LIMIT_MS)]);
    const response = await fetch(url, { signal });
    if (!response.ok) throw unavailable(`${url}: HTTP ${response.status}`);
    return response;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw unavailable(cause instanceof Error ? cause.message : String(cause));
  } finally {
    clearTimeout(timer);
  }
}
