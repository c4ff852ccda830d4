/** What the set-up may draw on: read once from the environment, handed to whoever looks for a tool. */
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  cacheDirectory,
  isExecutable,
  ownCommandProviderDirectory,
  projectDirectory,
} from '../platforms/cache.ts';

export type Surroundings = {
  /** Folders of PATH. */
  searchPath: readonly string[];
  /** The kit folder, or why there is none. */
  kit: { folder: string } | { absent: string };
  /** Where the official releases are, or undefined when downloads are switched off. */
  releasesUrl: string | undefined;
  /** Where `pulumi plugin install` puts plugins. */
  pluginsFolder: string;
};

/** sudo often drops the folder of a Go that was installed the way go.dev says. */
const GO_FOLDER = '/usr/local/go/bin';

/** DR_KIT (a folder, or `none`; default ../shared/kit beside the project), DR_NO_DOWNLOAD, PULUMI_HOME and PATH. */
export function surroundings(): Surroundings {
  const { DR_KIT: kit, DR_NO_DOWNLOAD: noDownload, PULUMI_HOME: home, PATH: path } = process.env;
  return {
    searchPath: [...(path ?? '').split(delimiter), GO_FOLDER].filter((folder) => folder !== ''),
    kit: findKit(kit),
    releasesUrl: noDownload ? undefined : 'https://get.pulumi.com/releases',
    pluginsFolder: join(home || join(homedir(), '.pulumi'), 'plugins'),
  };
}

function findKit(asked: string | undefined): Surroundings['kit'] {
  if (asked === 'none') return { absent: 'DR_KIT=none' };
  const folder = asked || join(projectDirectory(), '..', 'shared', 'kit');
  if (existsSync(join(folder, 'SHA256SUMS'))) return { folder };
  return { absent: `SHA256SUMS non c'è in / is not in ${folder}` };
}

/** Every program of this name on the search path, links resolved, in the order of PATH; what an earlier set-up placed is not a find. */
export function findPrograms(name: string, searchPath: readonly string[]): string[] {
  const found = searchPath.map((folder) => join(folder, name)).filter(isExecutable);
  return [...new Set(found.map((file) => realpathSync(file)))].filter((file) => !isOurs(file));
}

function isOurs(file: string): boolean {
  return [cacheDirectory(), ownCommandProviderDirectory()].some((folder) => file.startsWith(`${folder}/`));
}
