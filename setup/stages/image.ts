/** The root file system of every lab host, bootstrapped once into the cache (platforms/lab-image.ts says what is in it). */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError } from '../../core/errors.ts';
import { namesIn } from '../../core/files.ts';
import { labImageDirectory } from '../../platforms/cache.ts';
import { labImageRecipe } from '../../platforms/lab-image.ts';
import { missingPackages } from '../dpkg.ts';
import { createWhole } from '../folders.ts';
import { runShowing } from '../programs.ts';
import type { Progress, Stage } from '../stage.ts';

/** No host needs them, and they are a third of the image. */
const leftOut = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/** unshare(1): what is mounted or started while building is gone with the builder, however it ends. */
const ownNamespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Files of the building machine, or different for each host; none may be in the image. */
const unwanted = ['etc/resolv.conf', 'etc/krb5.keytab', 'etc/samba/smb.conf', 'etc/apt/sources.list.d'];

export function imageStage(): Stage {
  const directory = labImageDirectory();
  return {
    id: 'image',
    titleIt: 'Immagine degli host del laboratorio',
    titleEn: "Image of the lab's hosts",
    after: ['debian'],
    probe() {
      const given = process.env['DR_LAB_IMAGE'];
      return Promise.resolve(given || (existsSync(directory) ? describe() : undefined));
    },
    async apply(progress) {
      progress.note('alcuni minuti, 1 GB / some minutes, 1 GB');
      await createWhole(directory, async (folder) => {
        await bootstrap(folder, progress);
        await check(folder);
      });
      return describe();
    },
  };
}

function describe(): string {
  return `Debian 12 (${labImageRecipe.suite}), ${labImageRecipe.packages.length} pacchetti / packages`;
}

async function bootstrap(root: string, progress: Progress): Promise<void> {
  const { suite, packages, customise } = labImageRecipe;
  try {
    await runShowing(progress, 'unshare', [
      ...ownNamespaces,
      'mmdebstrap',
      '--variant=minbase',
      '--mode=root',
      '--format=directory',
      `--include=${packages.join(',')}`,
      '--aptopt=Acquire::Languages "none"',
      // Whole or not there (createWhole): nothing is gained by waiting for the disk after every package.
      '--dpkgopt=force-unsafe-io',
      ...leftOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
      suite,
      root,
      ...(await debianSources(suite)),
    ]);
    await runShowing(progress, 'sh', ['-c', customise, 'sh', root]); // not as a hook: mmdebstrap's own cleaning comes after hooks
  } catch (error) {
    throw new DrError(
      'LAB_IMAGE',
      `L'immagine degli host non si è potuta costruire. / The image of the lab's hosts could not be built. ${error instanceof Error ? error.message : ''}`,
      'Serve un mirror di Debian 12 raggiungibile (/etc/apt/sources.list*) e 2 GB liberi nella cache (DR_CACHE). / A reachable Debian 12 mirror and 2 GB free in the cache are needed.',
      { cause: error },
    );
  }
}

/** The machine's own sources of this suite; none: mmdebstrap's default, Debian's public mirror. */
async function debianSources(suite: string): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d';
  const listed = (await namesIn(folder)).map((name) => join(folder, name));
  const files = ['/etc/apt/sources.list', ...listed].filter((file) => /\.(list|sources)$/.test(file));
  const found: string[] = [];
  for (const file of files) {
    if (existsSync(file) && isOfSuite(await readFile(file, 'utf8'), suite)) found.push(file);
  }
  return found;
}

/** True when each source in the file is of the suite or its updates; one of something else would mix releases. */
export function isOfSuite(text: string, suite: string): boolean {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const suites = lines.flatMap((line) => {
    const deb822 = /^Suites:\s*(.+)$/.exec(line)?.[1]?.trim().split(/\s+/);
    const oneLine = /^deb\s+(?:\[[^\]]*\]\s*)?\S+\s+(\S+)/.exec(line)?.[1];
    return deb822 ?? (oneLine === undefined ? [] : [oneLine]);
  });
  return suites.length > 0 && suites.every((name) => name === suite || name.startsWith(`${suite}-`));
}

async function check(folder: string): Promise<void> {
  const missing = await missingPackages(labImageRecipe.packages, folder);
  const left = unwanted.filter((file) => existsSync(join(folder, file)));
  const keys = (await namesIn(join(folder, 'etc/ssh'))).filter((name) => name.startsWith('ssh_host_'));
  if (missing.length + left.length + keys.length === 0) return;
  throw new DrError(
    'LAB_IMAGE',
    `L'immagine non è come deve. / The image is not as it must be: missing [${missing.join(' ')}], left over [${[...left, ...keys].join(' ')}]`,
    'Ripetere il comando; se si ripete, la ricetta è in platforms/lab-image.ts. / Run again; the recipe is in platforms/lab-image.ts.',
  );
}
