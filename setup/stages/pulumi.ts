/** The Pulumi engine: PATH, kit, official download, build from its Go module; the first that works. */
import { join } from 'node:path';
import { DrError } from '../../core/errors.ts';
import { isExecutable, PULUMI_VERSION, pulumiHome, pulumiRoot } from '../../platforms/cache.ts';
import { tryRun } from '../../platforms/exec.ts';
import { downloadSource } from '../sources/download.ts';
import { foundSources } from '../sources/found.ts';
import { goSource } from '../sources/go-build.ts';
import { kitSource } from '../sources/kit.ts';
import { firstThatWorks, listReasons, readOrigin, type Source } from '../sources/source.ts';
import { unpackInto } from '../sources/unpack.ts';
import type { Stage } from '../stage.ts';
import { findPrograms, type Surroundings } from '../surroundings.ts';

/** The engine, and what a `pulumi up` by hand needs beside it. */
const companions = ['pulumi-language-nodejs', 'pulumi-resource-pulumi-nodejs'];
const members = ['pulumi', ...companions].map((name) => `pulumi/${name}`);

/** The ways to get Pulumi, in their order. */
export function pulumiSources(around: Surroundings): Source[] {
  const name = `pulumi-v${PULUMI_VERSION}-linux-${process.arch}.tar`;
  const unpack = unpackInto('bin', members);
  return [
    ...foundSources({
      id: 'path',
      candidates: findPrograms('pulumi', around.searchPath),
      subfolder: 'bin',
      companions,
    }),
    kitSource(around.kit, name, unpack),
    downloadSource(
      around.releasesUrl,
      { archive: `sdk/${name}.gz`, checksums: `sdk/pulumi-${PULUMI_VERSION}-checksums.txt` },
      unpack,
    ),
    goSource(findPrograms('go', around.searchPath)[0]),
  ];
}

export function pulumiStage(around: Surroundings): Stage {
  const root = pulumiRoot();
  return {
    id: 'pulumi',
    titleIt: `Motore Pulumi ${PULUMI_VERSION}`,
    titleEn: 'Pulumi engine',
    after: ['debian'], // unpacking the kit needs xz
    async probe() {
      return isExecutable(join(root, 'bin', 'pulumi')) ? await readOrigin(root) : undefined;
    },
    async apply(progress) {
      const result = await firstThatWorks(pulumiSources(around), root, progress, verify);
      if ('reasons' in result) throw missing(result.reasons);
      return result.source.title;
    },
  };
}

async function verify(folder: string): Promise<void> {
  const { stdout, stderr } = await tryRun(join(folder, 'bin', 'pulumi'), ['version'], {
    env: { PULUMI_HOME: pulumiHome(), PULUMI_SKIP_UPDATE_CHECK: 'true' },
  });
  const version = stdout.trim();
  if (version !== `v${PULUMI_VERSION}`) {
    throw new Error(
      `è la versione / the version is "${version || stderr.trim()}", serve / needed: v${PULUMI_VERSION}`,
    );
  }
}

function missing(reasons: readonly string[]): DrError {
  return new DrError(
    'PULUMI_MISSING',
    `Manca Pulumi ${PULUMI_VERSION} e nessuna via per averlo ha funzionato. / Pulumi is missing and no way to get it worked:${listReasons(reasons)}`,
    `Una di queste basta: la cartella del kit (DR_KIT=CARTELLA), pulumi ${PULUMI_VERSION} nel PATH, la rete verso get.pulumi.com, o Go 1.25 con un proxy dei moduli. / Any one of these will do: the kit folder, pulumi on PATH, the network, or Go with a module proxy.`,
  );
}
