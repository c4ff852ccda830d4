/** `dr schedule` where the job cannot be installed. On real machines it is in tests/lab/schedule.test.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDirectory } from '../platforms/cache.ts';
import { tryRun } from '../platforms/exec.ts';
import { temporaryFolder } from './mail-fixtures.ts';

const dr = join(projectDirectory(), 'bin/dr');

function secrets(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'cassette-passphrase'), 'giusta\n', { mode: 0o600 });
  return folder;
}

test('a machine without systemd: nothing is installed, and what to give to cron is said', async () => {
  // Whatever runs on this machine, in there it runs no systemd.
  const hidden = 'mount -t tmpfs none /run && mount -t tmpfs none /etc/systemd && exec "$0" "$@"';
  const words = ['schedule', 'install', '--host', 'local', '--at', '05:07', '--secrets', secrets()];
  const { exitCode, stdout, stderr } = await tryRun('unshare', ['--mount', 'sh', '-c', hidden, dr, ...words]);
  expect(stdout).toBe('');
  expect(stderr).toContain(
    'vi-fs1 non usa systemd: nulla è stato installato. / That machine does not run systemd: nothing was installed.',
  );
  expect(stderr).toMatch(
    /\n7 5 \* \* \* root flock --nonblock \/var\/lib\/lucca-dr\/verify\.lock \/opt\/lucca-dr\/bin\/dr verify content --site viareggio --host vi-fs1; .*schedule check .*; .*schedule watch --site viareggio --silence 108000s\n45 \* \* \* \* root \/opt\/lucca-dr\/bin\/dr schedule watch /,
  );
  expect(stderr).toContain('[SCHEDULE_NO_SYSTEMD]');
  expect(stderr).not.toContain('giusta');
  expect(exitCode).toBe(2);
});

test.each([
  { words: ['--at', '25:00'], says: 'SCHEDULE_TIME' },
  { words: ['--at', '6.30'], says: 'SCHEDULE_TIME' },
  { words: ['--level', 'recoverability'], says: 'SCHEDULE_LEVEL' },
  { words: ['--level', 'everything'], says: 'Allowed choices' },
  { words: ['--silence', '0h'], says: 'non è una durata' },
  { words: ['--site', 'pisa'], says: 'INVENTORY_LOOKUP' },
])('$words is refused', async ({ words, says }) => {
  const { exitCode, stderr } = await tryRun(dr, [
    'schedule',
    'install',
    '--host',
    'local',
    '--secrets',
    secrets(),
    ...words,
  ]);
  expect(stderr).toContain(says);
  expect(exitCode).toBe(2);
});
