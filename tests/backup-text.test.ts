import { expect, test } from 'vitest';
import { backupText } from '../cli/backup.ts';

test('what a backup did, for people', () => {
  const snapshotId = 'ab'.repeat(32);
  const text = backupText({
    changed: true,
    snapshotId,
    takenAtUtc: '2026-03-02T11:04:05.000Z',
    cassette: {
      format: 1,
      label: 'LUCCA-DR-A',
      serial: 'LDR-0001',
      initialisedAtUtc: '2026-01-01T00:00:00.000Z',
      repositoryId: 'cd',
    },
    manifest: { entries: 2282, sizeBytes: 202 * 1024 ** 2, sha256: 'ab' },
    addedBytes: 7,
    durationMs: 61_000,
    snapshots: 3,
    warnings: [],
  });
  expect(text.split('\n')).toEqual([
    'Cassetta / Cassette LUCCA-DR-A (LDR-0001)',
    `  snapshot ${snapshotId}, 02/03/26, 12:04:05`,
    '  2282 file e cartelle / files and folders, 202 MiB',
    '  snapshot sulla cassetta / on the cassette: 3',
    '  durata / duration: 1 min 01 s',
    '',
  ]);
});
