/** Where Pulumi comes from: PATH, kit, download, Go module, in this order; what is wrong is passed over, and every reason is told. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { DrError } from '../core/errors.ts';
import { PULUMI_VERSION, projectDirectory, pulumiBinDirectory } from '../platforms/cache.ts';
import { run, tryRun } from '../platforms/exec.ts';
import { pulumiStage } from '../setup/stages/pulumi.ts';
import { type Surroundings, surroundings } from '../setup/surroundings.ts';
import {
  emptyCache,
  Listener,
  nothing,
  packPulumi,
  sha256Of,
  temporaryFolder,
  writeKit,
  writeProgram,
  writePulumi,
} from './setup-fixtures.ts';

const wrongDigest = '0'.repeat(64);

async function apply(around: Partial<Surroundings>, listener = new Listener()): Promise<string> {
  return await pulumiStage({ ...nothing, ...around }).apply(listener);
}

async function placedText(): Promise<string> {
  return await Promise.resolve(readFileSync(join(pulumiBinDirectory(), 'pulumi'), 'utf8'));
}

describe('the order of the sources', () => {
  test('PATH comes first, and brings its companions', async () => {
    emptyCache();
    const folder = temporaryFolder();
    writePulumi(join(folder, 'bin/pulumi'), undefined, 'from PATH');
    writePulumi(join(folder, 'bin/pulumi-language-nodejs'));
    const kit = writeKit(await packPulumi(folder));
    expect(await apply({ searchPath: [join(folder, 'bin')], kit })).toContain(`PATH: ${folder}`);
    expect(await placedText()).toContain('from PATH');
    expect(readdirSync(pulumiBinDirectory()).toSorted()).toEqual(['pulumi', 'pulumi-language-nodejs']);
  });

  test('a wrong version on PATH is passed over, also for the right one further on', async () => {
    emptyCache();
    const folder = temporaryFolder();
    writePulumi(join(folder, 'old/pulumi'), 'v3.1.0');
    writeProgram(join(folder, 'broken/pulumi'), 'exit 1');
    writePulumi(join(folder, 'right/pulumi'), undefined, 'the right one');
    const searchPath = ['old', 'broken', 'right'].map((name) => join(folder, name));
    expect(await apply({ searchPath })).toContain(join(folder, 'right'));
    expect(await placedText()).toContain('the right one');
  });

  test('a wrong version on PATH and a good kit: the kit', async () => {
    emptyCache();
    const folder = temporaryFolder();
    writePulumi(join(folder, 'old/pulumi'), 'v3.1.0');
    const kit = writeKit(await packPulumi(folder));
    expect(await apply({ searchPath: [join(folder, 'old')], kit })).toContain('kit');
    expect(readdirSync(pulumiBinDirectory())).toHaveLength(3);
  });

  test('a kit with another digest is refused, and the download taken', async () => {
    emptyCache();
    const archive = await packPulumi(temporaryFolder());
    const releasesUrl = await serve(releaseOf(archive, sha256Of(archive)));
    expect(await apply({ kit: writeKit(archive, wrongDigest), releasesUrl })).toContain('download');
    expect(existsSync(join(pulumiBinDirectory(), '..', 'download.tar.gz'))).toBe(false);
  });

  test('no PATH, no kit, a refused download: the Go module', async () => {
    emptyCache();
    const folder = temporaryFolder();
    // Stands for `go build`, which takes minutes: keeps its go.mod and arguments, and makes the output.
    writeProgram(
      join(folder, 'go'),
      `cp go.mod ${folder}/seen.mod; echo "$*" >${folder}/seen.args
       for word; do case $word in -o=*) out=\${word#-o=};; esac; done
       printf '#!/bin/sh\\necho v${PULUMI_VERSION}\\n' >"$out"; chmod +x "$out"`,
    );
    const listener = new Listener();
    const releasesUrl = await serve((_request, response) => response.writeHead(403).end());
    expect(await apply({ searchPath: [folder], releasesUrl }, listener)).toContain('Go module');
    expect(readFileSync(join(folder, 'seen.mod'), 'utf8')).toContain(`pulumi/pkg/v3 v${PULUMI_VERSION}`);
    expect(readFileSync(join(folder, 'seen.args'), 'utf8')).toContain(`version.Version=v${PULUMI_VERSION}`);
    expect(listener.notes.join()).toMatch(/about 6 minutes/);
    expect(readdirSync(join(pulumiBinDirectory(), '..')).toSorted()).toEqual(['bin', 'origin.txt']);
  });
});

describe('when nothing works', () => {
  test('the error names every way that was tried, and why not', async () => {
    const cache = emptyCache();
    const folder = temporaryFolder();
    const old = writePulumi(join(folder, 'old/pulumi'), 'v3.1.0');
    const archive = await packPulumi(folder);
    const releasesUrl = await serve(releaseOf(archive, wrongDigest));
    const error = await refusal({
      searchPath: [join(folder, 'old')],
      kit: writeKit(archive, wrongDigest),
      releasesUrl,
    });
    expect(error.code).toBe('PULUMI_MISSING');
    expect(error.message).toContain(`PATH: ${old}`);
    expect(error.message).toContain('"v3.1.0"');
    expect(error.message).toContain(`${archive}: `);
    expect(error.message).toMatch(/refused/);
    expect(error.message).toMatch(/download .*the digest is not in/);
    expect(error.message).toMatch(/Go module: go non trovato/);
    for (const way of ['DR_KIT', 'PATH', 'get.pulumi.com', 'Go 1.25']) expect(error.hint).toContain(way);
    expect(readdirSync(cache)).toEqual([]);
  });

  const refusals: [title: string, answer: RequestListener, reason: RegExp][] = [
    ['a refusal', (_request, response) => response.writeHead(403).end(), /HTTP 403/],
    ['a server that hangs up', (request) => request.socket.destroy(), /download .*(socket|hang|closed)/i],
    ['a server that never answers', () => undefined, /no answer in time/],
  ];
  test.for(refusals)('%s is a reason', async ([, answer, reason]) => {
    emptyCache();
    expect((await refusal({ releasesUrl: await serve(answer) })).message).toMatch(reason);
  });

  test('an archive of the wrong version is not taken', async () => {
    emptyCache();
    const kit = writeKit(await packPulumi(temporaryFolder(), 'v9.9.9'));
    expect((await refusal({ kit })).message).toContain('"v9.9.9"');
  });

  test('a kit that does not have it', async () => {
    emptyCache();
    const folder = temporaryFolder();
    const kit = writeKit(writeProgram(join(folder, 'something-else'), ''));
    expect((await refusal({ kit })).message).toContain('is not in SHA256SUMS');
  });
});

test('a stack without an engine: `dr stack up` says what is missing, what to type, and ends with status 2', async () => {
  const cache = emptyCache();
  const folder = temporaryFolder();
  const access = join(folder, 'access.yaml');
  writeFileSync(access, 'privateKeyFile: none\nknownHostsFile: none\nhosts: {}\n');
  const { exitCode, stdout, stderr } = await tryRun(
    join(projectDirectory(), 'bin/dr'),
    ['stack', 'up', 'viareggio', '--access', access],
    { env: { DR_CACHE: cache, DR_STATE: join(folder, 'state') } },
  );
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/Pulumi .* non è pronto.* \/ .*not set up[^]*npm test[^]*\[PULUMI_MISSING\]/);
});

test('what is there is not got again; what is broken is', async () => {
  const cache = emptyCache();
  const kit = writeKit(await packPulumi(temporaryFolder()));
  const stage = pulumiStage({ ...nothing, kit });
  expect(await stage.probe()).toBeUndefined();
  await stage.apply(new Listener());
  expect(await stage.probe()).toContain('kit');
  await run('rm', [join(pulumiBinDirectory(), 'pulumi')]);
  expect(await stage.probe()).toBeUndefined();
  await stage.apply(new Listener());
  expect(await stage.probe()).toContain('kit');
  expect(readdirSync(cache)).toEqual([`pulumi-${PULUMI_VERSION}`]);
});

test('what a killed set-up left half done goes away', async () => {
  const cache = emptyCache();
  const left = join(cache, `pulumi-${PULUMI_VERSION}.partial-999999999`);
  writePulumi(join(left, 'bin/pulumi'));
  await apply({ kit: writeKit(await packPulumi(temporaryFolder())) });
  expect(readdirSync(cache)).toEqual([`pulumi-${PULUMI_VERSION}`]);
});

describe('the surroundings', () => {
  const kit = surroundings().kit;
  test('DR_KIT=none and DR_NO_DOWNLOAD switch both off', () => {
    vi.stubEnv('DR_KIT', 'none');
    vi.stubEnv('DR_NO_DOWNLOAD', '1');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(surroundings()).toMatchObject({ kit: { absent: 'DR_KIT=none' }, releasesUrl: undefined });
  });

  test('a kit folder that is not one is named', () => {
    vi.stubEnv('DR_KIT', '/nonexistent/kit');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(surroundings().kit).toEqual({ absent: expect.stringContaining('/nonexistent/kit') });
  });

  test.skipIf('absent' in kit)('where there is a kit, it gives the real engine', async () => {
    emptyCache();
    expect(await apply({ kit })).toContain('kit');
    expect(await run(join(pulumiBinDirectory(), 'pulumi'), ['version'])).toBe(`v${PULUMI_VERSION}`);
  });
});

async function refusal(around: Partial<Surroundings>): Promise<DrError> {
  const error: unknown = await apply(around).catch((thrown: unknown) => thrown);
  if (!(error instanceof DrError)) throw new Error(`No refusal but ${String(error)}`);
  return error;
}

/** Serves on 127.0.0.1 until the test ends; the address stands for the official releases. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return `http://127.0.0.1:${address.port}`;
}

function releaseOf(archive: string, digest: string): RequestListener {
  return (request, response) => {
    if (request.url === `/sdk/pulumi-${PULUMI_VERSION}-checksums.txt`)
      response.end(`${digest}  an-archive\n`);
    else if (request.url === `/sdk/pulumi-v${PULUMI_VERSION}-linux-${process.arch}.tar.gz`) {
      response.end(readFileSync(archive));
    } else response.writeHead(404).end();
  };
}
