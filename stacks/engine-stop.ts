/** Ends an engine that was told to stop. */
import { realpathSync } from 'node:fs';
import { DrError } from '../core/errors.ts';
import { childrenIn, familyOf, killAll } from '../platforms/processes.ts';
import type { SiteName } from './settings.ts';

/** After its first interruption the engine ends its providers, and they what they run: five seconds for SIGTERM, then SIGKILL. */
const GRACE_MS = 15_000;

/**
 * Does `work`, which starts engines in `workDir` and hands them `signal`. An engine that is there `graceMs` after that was aborted is
 * killed with all that it has started; the next one continues what it leaves half done.
 * @throws DrError STACK_STOPPED where it was aborted
 */
export async function stoppable<T>(
  {
    site,
    workDir,
    signal,
    graceMs = GRACE_MS,
  }: { site: SiteName; workDir: string; signal: AbortSignal | undefined; graceMs?: number },
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return await work();
  if (signal.aborted) throw stopped(site);
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => killAll(childrenIn(realpathSync(workDir)).flatMap(familyOf)), graceMs);
  };
  signal.addEventListener('abort', begin);
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? stopped(site, error) : error;
  } finally {
    signal.removeEventListener('abort', begin);
    clearTimeout(timer);
  }
}

export function stopped(site: SiteName, cause?: unknown): DrError {
  return new DrError(
    'STACK_STOPPED',
    `Lo stack ${site} è stato interrotto. / The stack was stopped.`,
    'Riprovare: ciò che era fatto non si rifà. / Try again: what was done is not done again.',
    { cause },
  );
}
