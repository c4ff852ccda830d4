/** Two programs that talk to each other over pipes, as the lender of a cassette and its borrower do. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { spawnJoined } from '../platforms/exec.ts';
import { opensshCommand } from '../platforms/openssh.ts';
import { patiently } from './hand.ts';
import { temporaryFolder } from './mail-fixtures.ts';

const access = {
  user: 'root',
  privateKeyFile: '/keys/office',
  knownHostsFile: '/keys/known',
  proxyCommand: ['relay', '%h', '%p'],
  hosts: {
    here: { address: '127.0.0.1', port: 22, local: true },
    there: { address: '192.0.2.7', port: 2222 },
  },
};
const shell = (line: string): string[] => ['sh', '-c', line];

test('each reads what the other says, and what they complain of is in the end', async () => {
  const { ended } = await spawnJoined(
    shell('echo question; read -r heard; echo "one heard $heard" >&2'),
    shell('read -r heard; echo answer; echo "other heard $heard" >&2'),
  );
  expect((await ended).split('\n').toSorted()).toEqual(['one heard answer', 'other heard question']);
});

test.each([
  ['the first', shell('exit 0'), shell('cat')],
  ['the second', shell('cat'), shell('exit 0')],
])('when %s ends, the other sees the end of its input', async (_which, one, other) => {
  const { ended } = await spawnJoined(one, other);
  expect(await ended).toBe('');
});

test('closing ends both', async () => {
  const folder = temporaryFolder();
  const waiting = (name: string): string[] => shell(`echo $$ >${join(folder, name)}; exec cat`);
  const { ended, close } = await spawnJoined(waiting('one'), waiting('other'));
  // A file is there before its line is.
  const pids = await vi.waitFor(() => {
    const written = ['one', 'other'].map((name) => readFileSync(join(folder, name), 'utf8').trim());
    expect(written).not.toContain('');
    return written;
  }, patiently);
  close();
  await ended;
  expect(pids.filter((pid) => existsSync(`/proc/${pid}/root`))).toEqual([]);
});

test('a host that is this machine has a shell of its own; another is reached with pinned keys, past the operator’s settings', () => {
  expect(opensshCommand(access, 'here', 'exec lend')).toEqual(shell('exec lend'));
  const there = opensshCommand(access, 'there', 'exec lend');
  expect(there.slice(0, 7)).toEqual(['ssh', '-F', 'none', '-i', '/keys/office', '-p', '2222']);
  expect(there.slice(-2)).toEqual(['root@192.0.2.7', 'exec lend']);
  const options = [
    "ProxyCommand='relay' %h %p",
    'UserKnownHostsFile=/keys/known',
    'StrictHostKeyChecking=yes',
    'HostKeyAlias=there',
  ];
  expect(there).toEqual(expect.arrayContaining(options));
});

test('from where connections leave, the program itself is started there and needs no proxy', () => {
  const words = opensshCommand({ ...access, laptopCommand: ['enter', 'laptop'] }, 'there');
  expect(words.slice(0, 3)).toEqual(['enter', 'laptop', 'ssh']);
  expect(words.filter((word) => word.startsWith('ProxyCommand'))).toEqual([]);
});

test('a host that the access file does not have is named', () => {
  expect(() => opensshCommand(access, 'nowhere')).toThrow(/nowhere/);
});
