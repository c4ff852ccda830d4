/** A host that the access file calls `local` is this machine's own shell: the same verbs, no connection. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RemoteHost } from '../platforms/ssh.ts';
import { temporaryFolder } from './mail-fixtures.ts';

const access = {
  user: 'root',
  privateKeyFile: '/nowhere',
  knownHostsFile: '/nowhere',
  hosts: { here: { address: '127.0.0.1', port: 22, local: true } },
};

test('any status of a command is a value, and its output comes as it is', async () => {
  await using host = await RemoteHost.connect(access, 'here');
  const said: string[] = [];
  const outcome = await host.try('cat; echo oops >&2; exit 3', {
    stdin: 'one\n\n',
    onStderr: (chunk) => said.push(chunk.toString()),
  });
  expect(outcome).toEqual({ exitCode: 3, stdout: 'one\n\n', stderr: 'oops\n' });
  expect(said.join('')).toBe('oops\n');
});

test('a program is not seen in the process list, gets its secret, and refuses in its own words', async () => {
  await using host = await RemoteHost.connect(access, 'here');
  const shown = await host.bash('tr "\\0" " " </proc/$$/cmdline; echo "$DR_SECRET"', { secret: 'giusta' });
  expect(shown).toBe('bash -s giusta\n');
  const refused = host.bash("printf 'DR_REFUSED\\tNO\\tno\\twait\\n' >&2; exit 1");
  await expect(refused).rejects.toMatchObject({ code: 'NO', message: 'here: no', hint: 'wait' });
});

test('its output goes to another host a piece at a time, and either side may fail', async () => {
  await using host = await RemoteHost.connect(access, 'here');
  const target = join(temporaryFolder(), 'out');
  await host.pipeTo('head --bytes=3000000 /dev/zero', host, `cat >${target}`);
  expect(readFileSync(target)).toHaveLength(3_000_000);
  await expect(host.pipeTo('echo no >&2; exit 4', host, 'cat')).rejects.toMatchObject({
    message: 'here: no',
  });
  await expect(host.pipeTo('echo yes', host, 'cat >&2; exit 5')).rejects.toMatchObject({
    message: 'here: yes',
  });
});
