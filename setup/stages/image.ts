/** The root file systems of lab hosts, bootstrapped once into the cache (platforms/lab-image.ts says what is in them). */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError } from '../../core/errors.ts';
import { namesIn } from '../../core/files.ts';
import { labImageDirectory } from '../../platforms/cache.ts';
import { type LabImageRecipe, labImageRecipe, newerLabImageRecipe } from '../../platforms/lab-image.ts';
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

/** What every lab stands on; `DR_LAB_IMAGE` replaces it. */
export function imageStage(): Stage {
  const named = {
    id: 'image',
    titleIt: 'Immagine degli host del laboratorio',
    titleEn: "Image of the lab's hosts",
  };
  return { ...named, ...making(labImageRecipe, process.env['DR_LAB_IMAGE']) };
}

/** A spare server of the next Debian, for the tests. */
export function newerImageStage(): Stage {
  const named = {
    id: 'newer-image',
    titleIt: 'Immagine di un server più recente',
    titleEn: 'Image of a newer server',
  };
  return { ...named, ...making(newerLabImageRecipe) };
}

function making(recipe: LabImageRecipe, given?: string): Pick<Stage, 'after' | 'probe' | 'apply'> {
  const directory = labImageDirectory(recipe);
  return {
    after: ['debian'],
    probe() {
      return Promise.resolve(given || (existsSync(directory) ? describe(recipe) : undefined));
    },
    async apply(progress) {
      progress.note('alcuni minuti, fino a 1 GB / some minutes, up to 1 GB');
      await createWhole(directory, async (folder) => {
        await bootstrap(recipe, folder, progress);
        await check(recipe, folder);
      });
      return describe(recipe);
    },
  };
}

function describe({ suite, packages }: LabImageRecipe): string {
  return `Debian ${suite}, ${packages.length} pacchetti / packages`;
}

async function bootstrap(recipe: LabImageRecipe, root: string, progress: Progress): Promise<void> {
  const { suite, packages, customise } = recipe;
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
      `L'immagine degli host (Debian ${suite}) non si è potuta costruire. / The image of the lab's hosts could not be built. ${error instanceof Error ? error.message : ''}`,
      `Serve un mirror raggiungibile di Debian ${suite} (/etc/apt/sources.list*) e 2 GB liberi nella cache (DR_CACHE). / A reachable mirror of that Debian and 2 GB free in the cache are needed.`,
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

async function check({ packages }: LabImageRecipe, folder: string): Promise<void> {
  const missing = await missingPackages(packages, folder);
  const left = unwanted.filter((file) => existsSync(join(folder, file)));
  const keys = (await namesIn(join(folder, 'etc/ssh'))).filter((name) => name.startsWith('ssh_host_'));
  if (missing.length + left.length + keys.length === 0) return;
  throw new DrError(
    'LAB_IMAGE',
    `L'immagine non è come deve. / The image is not as it must be: missing [${missing.join(' ')}], left over [${[...left, ...keys].join(' ')}]`,
    'Ripetere il comando; se si ripete, la ricetta è in platforms/lab-image.ts. / Run again; the recipe is in platforms/lab-image.ts.',
  );
}
