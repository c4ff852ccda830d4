/** The command provider: the official plugin where it can be had, else our own (stacks/command-provider). */
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import {
  COMMAND_PROVIDER_PROGRAM,
  COMMAND_PROVIDER_VERSION,
  cacheDirectory,
  isExecutable,
  officialCommandProviderDirectory,
  ownCommandProviderDirectory,
  pulumiBinDirectory,
  pulumiHome,
  requestedCommandProvider,
} from '../../platforms/cache.ts';
import { run } from '../../platforms/exec.ts';
import { downloadSource } from '../sources/download.ts';
import { foundSources } from '../sources/found.ts';
import { kitSource } from '../sources/kit.ts';
import { firstThatWorks, listReasons, readOrigin, type Source } from '../sources/source.ts';
import { unpackInto } from '../sources/unpack.ts';
import type { Stage } from '../stage.ts';
import { findPrograms, type Surroundings } from '../surroundings.ts';

/** Go's names, which the plugins' archives use. */
const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** The ways to get the official plugin, in their order. */
export function commandProviderSources(around: Surroundings): Source[] {
  const name = `${COMMAND_PROVIDER_PROGRAM}-v${COMMAND_PROVIDER_VERSION}-linux-${architectures[process.arch]}.tar.gz`;
  const unpack = unpackInto('.', [COMMAND_PROVIDER_PROGRAM]);
  return [
    ...foundSources({ id: 'path', candidates: findPrograms(COMMAND_PROVIDER_PROGRAM, around.searchPath) }),
    ...foundSources({ id: 'installed', candidates: installedPlugins(around) }),
    kitSource(around.kit, name, unpack),
    downloadSource(around.releasesUrl, { archive: `plugins/${name}` }, unpack),
  ];
}

export function commandProviderStage(around: Surroundings): Stage {
  const official = officialCommandProviderDirectory();
  return {
    id: 'command-provider',
    titleIt: 'Provider dei comandi',
    titleEn: 'Command provider',
    after: ['pulumi'], // it is the engine that says whether a plugin is the right one
    async probe() {
      const requested = requestedCommandProvider();
      if (requested === 'own') return describeOwn();
      const origin = await readOrigin(official);
      if (origin !== undefined) return origin;
      return requested === undefined && searchedInVain(around) ? describeOwn() : undefined;
    },
    async apply(progress) {
      const result = await firstThatWorks(commandProviderSources(around), official, progress, verifyOfficial);
      if ('source' in result) return result.source.title;
      if (requestedCommandProvider() === 'official') throw missing(result.reasons);
      await verifyPlugin(ownCommandProviderDirectory(), ['command:local:Command']);
      await writeFile(vainSearchFile(), whereSearched(around));
      return describeOwn();
    },
  };
}

function describeOwn(): string {
  return 'il nostro / our own (stacks/command-provider)';
}

function installedPlugins(around: Surroundings): string[] {
  const file = join(
    around.pluginsFolder,
    `resource-command-v${COMMAND_PROVIDER_VERSION}`,
    COMMAND_PROVIDER_PROGRAM,
  );
  return isExecutable(file) ? [file] : [];
}

async function verifyOfficial(folder: string): Promise<void> {
  await verifyPlugin(folder, ['command:local:Command', 'command:remote:Command']);
}

const pluginSchema = z.looseObject({ version: z.string(), resources: z.record(z.string(), z.unknown()) });

/** Has the engine start the plugin and ask what it is. */
async function verifyPlugin(folder: string, resources: readonly string[]): Promise<void> {
  const plugin = join(folder, COMMAND_PROVIDER_PROGRAM);
  const answer = await run(join(pulumiBinDirectory(), 'pulumi'), ['package', 'get-schema', plugin], {
    env: { PULUMI_HOME: pulumiHome(), PULUMI_SKIP_UPDATE_CHECK: 'true' },
  });
  const schema = pluginSchema.parse(JSON.parse(answer));
  const lacking = resources.filter((name) => !(name in schema.resources));
  if (schema.version !== COMMAND_PROVIDER_VERSION || lacking.length > 0) {
    throw new Error(
      `non è il plugin / is not the plugin ${COMMAND_PROVIDER_VERSION}: ${schema.version} ${lacking.join(' ')}`,
    );
  }
}

/** Remembers where the official plugin was not to be had, so that the next command does not search again. */
function vainSearchFile(): string {
  return join(cacheDirectory(), `command-provider-${COMMAND_PROVIDER_VERSION}-not-found.json`);
}

function searchedInVain(around: Surroundings): boolean {
  return existsSync(vainSearchFile()) && readFileSync(vainSearchFile(), 'utf8') === whereSearched(around);
}

function whereSearched(around: Surroundings): string {
  const onPath = findPrograms(COMMAND_PROVIDER_PROGRAM, around.searchPath);
  return JSON.stringify([onPath, installedPlugins(around), around.kit, around.releasesUrl ?? null]);
}

function missing(reasons: readonly string[]): DrError {
  return new DrError(
    'COMMAND_PROVIDER_MISSING',
    `Manca il provider ufficiale dei comandi ${COMMAND_PROVIDER_VERSION}, chiesto con DR_COMMAND_PROVIDER. / The official command provider is missing:${listReasons(reasons)}`,
    'Indicare la cartella del kit (DR_KIT=CARTELLA), o togliere DR_COMMAND_PROVIDER per usare il nostro. / Name the kit folder, or unset DR_COMMAND_PROVIDER to use ours.',
  );
}
