/** The disk of the database runs full in the middle of a run: it is said, nothing is lost, and with room again the run goes on. */
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { evidenceFaults } from '../bench/chaos/evidence-checks.ts';
import { openDatabase } from '../runbooks/durable/postgres.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { RunHarness } from './run-harness.ts';

const harness = new RunHarness();
beforeAll(async () => {
  harness.limitDatabase(128);
  await harness.start();
});
afterAll(async () => await harness.stop());

/** Takes all room but so much. */
function fill(name: string, leaveBytes: number): string {
  const { bavail, bsize } = statfsSync(harness.databaseFolder);
  const path = join(harness.databaseFolder, name);
  writeFileSync(path, Buffer.alloc(bavail * bsize - leaveBytes));
  return path;
}

/** It says so, in our words. */
const isFull = /è pieno/;

test('a database whose disk runs full in mid-run', { timeout: 180_000 }, async () => {
  const small = harness.run(harness.settings({ kind: 'drill', unattended: true, workMs: 0 }));
  expect(`${await small.exit()} ${small.output}`).toMatch(/^0 /); // the tables are there

  // A fraction of what the evidence of the run takes.
  const filler = fill('filler', 64 * 1024);
  const settings = harness.settings({
    kind: 'drill',
    unattended: true,
    idle: { steps: 300, shape: 'sequence' },
  });
  const first = harness.run(settings);
  await vi.waitFor(() => expect(first.output).toMatch(isFull), { timeout: 60_000, interval: 50 });
  expect(first.records().some(({ event }) => event.type === 'run-finished')).toBe(false);
  const before = first.records();
  expect(before.length).toBeGreaterThan(20);

  const other = harness.run(harness.settings());
  await vi.waitFor(() => expect(other.output).toMatch(isFull), { timeout: 60_000, interval: 50 });
  await other.kill();

  await first.kill();
  rmSync(filler);
  harness.databaseUrl = await openDatabase(harness.databaseFolder); // where it had to give up
  const second = harness.run(settings);
  expect(`${await second.exit()} ${second.output}`).toMatch(/^0 /);
  expect(second.records().slice(0, before.length)).toEqual(before);
  const { runId, directory } = settings;
  expect(
    await evidenceFaults({ runId, path: evidencePath(directory), databaseUrl: harness.databaseUrl }),
  ).toEqual([]);
});
