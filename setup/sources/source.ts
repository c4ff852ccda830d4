/** A way to get a tool. Several stand in an order; the first that works is used. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError, isMissingFile } from '../../core/errors.ts';
import { createWhole, removeFolder } from '../folders.ts';
import type { Progress } from '../stage.ts';

/** Beside the tool: where it came from. */
const ORIGIN = 'origin.txt';

export type Source = {
  /** Stands in the origin file and in tests. */
  id: 'path' | 'installed' | 'kit' | 'download' | 'go';
  /** What it is for people, Italian / English. */
  title: string;
  /** Puts the tool into `folder` (empty, there). @throws an Error that says why it cannot be had this way. */
  fetch(folder: string, progress: Progress): Promise<void>;
};

/** Tries the sources in their order; `verify` proves what each one brought before it is taken. What did not work is a reason. */
export async function firstThatWorks(
  sources: readonly Source[],
  target: string,
  progress: Progress,
  verify: (folder: string) => Promise<void>,
): Promise<{ source: Source } | { reasons: string[] }> {
  await removeFolder(target); // something broken, else there was nothing to do
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      progress.say(source.title);
      await createWhole(target, async (folder) => {
        await source.fetch(folder, progress);
        await verify(folder);
        await writeFile(join(folder, ORIGIN), source.title);
      });
      return { source };
    } catch (error) {
      reasons.push(`${source.title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { reasons };
}

/** Where the tool in this folder came from, in words; undefined when the folder is not there or not one of ours. */
export async function readOrigin(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, ORIGIN), 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

/** Every way that was tried and why it failed, one a line. */
export function listReasons(reasons: readonly string[]): string {
  return reasons.map((reason) => `\n     - ${reason.replaceAll('\n', ' ')}`).join('');
}

/** The reason of a source that cannot even be tried here. */
export function unavailable(text: string): DrError {
  return new DrError('SOURCE_UNAVAILABLE', text, '');
}
