/** What is counted between two manifests (snapshot_contents.py); how it is judged is in verify-judging.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../platforms/exec.ts';
import { projectFolder } from './inventory-copy.ts';

type Entry = { p: string; h: string; b?: number };
const TEXT = 4.5;
const NOISE = 8;

const manifestOf = (entries: readonly Entry[]): Buffer =>
  gzipSync(entries.map((entry) => `${JSON.stringify({ ...entry, t: 'f', s: 900, a: 'D:' })}\n`).join(''));

async function changeBetween(before: readonly Entry[], now: readonly Entry[]): Promise<unknown> {
  const work = mkdtempSync(join(tmpdir(), 'dr-contents-'));
  onTestFinished(() => rmSync(work, { recursive: true }));
  const stage = pack();
  stage.entry({ name: 'stage/manifest.gz' }, manifestOf(now));
  stage.finalize();
  writeFileSync(join(work, 'stage.tar'), await buffer(stage));
  writeFileSync(join(work, 'previous.gz'), manifestOf(before));
  const expected = {
    manifest: 'manifest.gz',
    domain: 'domain',
    folders: [],
    canaries: [],
    names: [],
    applications: [],
    applicationsStage: '/stage/none',
  };
  const program = join(projectFolder, 'platforms', 'restic', 'snapshot_contents.py');
  const answer = JSON.parse(await run('python3', [program, work, '/stage', JSON.stringify(expected)]));
  return (answer as { change: unknown }).change;
}

test('files changed, gone, renamed and new; and those that turned from text into noise, renamed or not', async () => {
  const before = [
    { p: 'a/edited.txt', h: '1', b: TEXT },
    { p: 'a/encrypted.txt', h: '2', b: TEXT },
    { p: 'a/encrypted and renamed.txt', h: '3', b: TEXT },
    { p: 'a/photo.jpg', h: '4', b: NOISE },
    { p: 'a/deleted.txt', h: '5', b: TEXT },
    { p: 'a/as it was.txt', h: '6', b: TEXT },
    { p: 'a/tiny.txt', h: '7' },
  ];
  const now = [
    { p: 'a/edited.txt', h: '1b', b: 5.2 },
    { p: 'a/encrypted.txt', h: '2b', b: NOISE },
    { p: 'a/encrypted and renamed.txt.locked', h: '3b', b: NOISE },
    { p: 'a/photo.jpg', h: '4b', b: NOISE },
    { p: 'a/as it was.txt', h: '6', b: TEXT },
    { p: 'a/tiny.txt', h: '7b' },
    { p: 'a/new.zip', h: '8', b: NOISE },
  ];
  const touched = { filesBefore: 7, changed: 4, gone: 2, renamed: 1, new: 2 };
  expect(await changeBetween(before, now)).toEqual({ ...touched, plain: 4, noise: 2 });
  // A manifest of before the figure was recorded: nothing is known, so nothing is said.
  const old = before.map(({ p, h }) => ({ p, h }));
  expect(await changeBetween(old, now)).toEqual({ ...touched, plain: 0, noise: 0 });
});
