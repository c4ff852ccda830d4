/** Pulumi from its Go module: needs a Go and a module proxy only. The language host has no module and does not come this way. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PULUMI_VERSION } from '../../platforms/cache.ts';
import { removeFolder } from '../folders.ts';
import { runShowing } from '../programs.ts';
import { type Source, unavailable } from './source.ts';

/**
 * Exact versions only: a proxy may refuse to list or to resolve. The replacement is the one in Pulumi's own go.mod
 * (a module's replacements do not count where it is built as a dependency).
 */
const GO_MOD = `module lucca-dr/pulumi

go 1.25.0

require (
	github.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION}
	github.com/pulumi/pulumi/sdk/v3 v${PULUMI_VERSION}
)

replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
`;
const VERSION_VARIABLE = 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version';

/** `go` is the Go command, or undefined where there is none. */
export function goSource(go: string | undefined): Source {
  return {
    id: 'go',
    title: 'modulo Go / Go module',
    async fetch(folder, progress) {
      if (go === undefined)
        throw unavailable('go non trovato (serve Go 1.25) / not found (Go 1.25 is needed)');
      progress.note(
        'si compila Pulumi dal suo modulo Go: circa 6 minuti su due processori, una volta sola / Pulumi is built from its Go module: about 6 minutes on two processors, once only',
      );
      const source = join(folder, 'source');
      await mkdir(source);
      await mkdir(join(folder, 'bin'));
      await writeFile(join(source, 'go.mod'), GO_MOD);
      await runShowing(
        progress,
        'nice',
        [
          go,
          'build',
          '-v',
          '-mod=mod',
          `-ldflags=-s -w -X ${VERSION_VARIABLE}=v${PULUMI_VERSION}`,
          `-o=${join(folder, 'bin', 'pulumi')}`,
          'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
        ],
        { cwd: source },
      );
      await removeFolder(source);
    },
  };
}
