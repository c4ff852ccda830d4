/** The level `recoverability` where it cannot be carried out. In a bubble it is in tests/lab/verify.test.ts. */
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { LevelResult } from '../cassette/verification.ts';
import { recoverInBubble } from '../lab/bubble.ts';
import { RemoteHost } from '../platforms/ssh.ts';
import { soundInventory } from './inventory-copy.ts';
import { temporaryFolder } from './mail-fixtures.ts';

const { inventory } = await soundInventory();

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  vi.stubEnv('DR_STATE', folder);
  vi.stubEnv('DR_LAB_IMAGE', join(folder, 'no-image'));
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** Of a cassette that passed all levels before. */
async function recoverability(): Promise<LevelResult> {
  const host = inventory.hosts.find(({ name }) => name === 'vi-fs1')?.name ?? '';
  const access = {
    user: 'root',
    privateKeyFile: '',
    knownHostsFile: '',
    hosts: { [host]: { address: '127.0.0.1', port: 22, local: true } },
  };
  await using remote = await RemoteHost.connect(access, host);
  const context = {
    inventory,
    access,
    secret: async () => await Promise.resolve('unused'),
    progress: () => undefined,
    custody: { directory: folder, secrets: undefined },
  };
  const [id, time] = ['a'.repeat(64), '2026-11-24T08:00:00Z'];
  const snapshot = { id, time, hostname: host, paths: [], tags: ['bytes=1000'] };
  const subject = { label: 'LUCCA-DR-A', repositoryId: 'r', snapshotId: id, snapshotAtUtc: time };
  const { result, next } = await recoverInBubble(
    { context, host: remote, site: 'viareggio', label: undefined, days: 7 },
    { label: 'LUCCA-DR-A', mountPoint: folder, subject, snapshot, previousId: undefined },
  );
  expect(next).toBeUndefined();
  return result;
}

test.runIf(process.getuid?.() === 0)(
  "without the lab's image: not verifiable, and what builds it",
  async () => {
    const { outcome, checks } = await recoverability();
    expect(outcome).toBe('NOT VERIFIABLE');
    expect(checks.map(({ evidence }) => evidence).join()).toMatch(/no-image.*npm test/s);
  },
);

test('without root: not verifiable, and who may', async () => {
  vi.spyOn(process, 'getuid').mockReturnValue(1000);
  onTestFinished(() => void vi.restoreAllMocks());
  const { outcome, checks } = await recoverability();
  expect(outcome).toBe('NOT VERIFIABLE');
  expect(checks.map(({ evidence }) => evidence).join()).toMatch(/root.*sudo/s);
});
