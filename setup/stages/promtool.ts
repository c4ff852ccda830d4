/** Prometheus' promtool for the tests, out of Debian's package: unpacked into the cache, nothing is installed. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DrError } from '../../core/errors.ts';
import { promtoolProgram } from '../../platforms/cache.ts';
import { run } from '../../platforms/exec.ts';
import { createWhole } from '../folders.ts';
import { runShowing } from '../programs.ts';
import type { Progress, Stage } from '../stage.ts';

export function promtoolStage(): Stage {
  const program = promtoolProgram();
  const folder = join(dirname(program), '..', '..');
  return {
    id: 'promtool',
    titleIt: 'promtool, per le prove',
    titleEn: 'promtool, for the tests',
    after: ['debian'],
    probe: () => Promise.resolve(existsSync(program) ? 'Prometheus' : undefined),
    async apply(progress) {
      progress.note('20 MB');
      await createWhole(folder, async (partial) => await unpack(partial, progress));
      return 'Prometheus';
    },
  };
}

async function unpack(folder: string, progress: Progress): Promise<void> {
  try {
    await runShowing(progress, 'apt-get', ['download', 'prometheus'], { cwd: folder });
    const archives = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['--extract', ...archives, '.'], { cwd: folder });
    for (const name of archives) await rm(join(folder, name));
  } catch (error) {
    throw new DrError(
      'PROMTOOL',
      `promtool non si è potuto prendere. / promtool could not be had. ${error instanceof Error ? error.message : ''}`,
      'Serve un mirror di Debian 12: apt-get update, poi ripetere. / A Debian 12 mirror is needed: apt-get update, then run again.',
      { cause: error },
    );
  }
}
