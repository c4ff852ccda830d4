/** The door to other hosts, tried on servers of our own: such as leave at once, and one that counts who comes. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { toErrorRecord } from '../core/errors.ts';
import type { Access } from '../platforms/access.ts';
import { keepConnections, withHost } from '../platforms/ssh.ts';
import { temporaryFolder } from './mail-fixtures.ts';

const { default: ssh2 } = await import('ssh2');

/** How the door is told to get to a server with these keys. */
function accessTo(port: number, keys: { private: string; public: string }): Access {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'key'), keys.private, { mode: 0o600 });
  writeFileSync(join(folder, 'known'), `host ${keys.public}\n`);
  return {
    user: 'root',
    privateKeyFile: join(folder, 'key'),
    knownHostsFile: join(folder, 'known'),
    proxyCommand: ['socat', '-', 'TCP:%h:%p'],
    hosts: { host: { address: '127.0.0.1', port } },
  };
}

// One whose disk or memory is full does so: an error that says so, never the end of the program.
test.each([
  ['says goodbye once we are in', 'ready', 'end'],
  ['is cut off once we are in', 'ready', 'cut'],
  ['is cut off with the very word that lets us in', 'authentication', 'cut'],
  ['says goodbye when a command is asked for', 'session', 'end'],
  ['is cut off when a command is asked for', 'session', 'cut'],
] as const)('one that %s', async (_what, when, how) => {
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const ssh = new ssh2.Server({ hostKeys: [keys.private] });
  const server = createServer((socket) => {
    ssh.injectSocket(socket);
    ssh.once('connection', (client) => {
      const leave = (): void => void (how === 'end' ? client.end() : socket.destroy());
      client.on('error', () => undefined);
      client.on('authentication', (context) => {
        context.accept();
        if (when === 'authentication') socket.end();
      });
      if (when === 'ready') client.on('ready', leave);
      if (when === 'session') client.on('session', leave);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const access = accessTo(port, keys);
  try {
    const work = withHost(access, 'host', async (host) => await host.try('true'));
    const failed = await work.catch(toErrorRecord);
    expect(failed).toMatchObject({ code: expect.stringMatching(/^(CONNECTION_LOST|HOST_UNREACHABLE)$/) });
  } finally {
    server.close();
  }
});

test('kept connections: one a host for all who ask, alive until they are given up', async () => {
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const there = new Set<object>();
  let came = 0;
  const server = new ssh2.Server({ hostKeys: [keys.private] }, (client) => {
    came += 1;
    there.add(client);
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        channel.write(command);
        channel.exit(0);
        channel.end();
      });
    });
    client.on('close', () => there.delete(client));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const access = accessTo((server.address() as AddressInfo).port, keys);
  const say = async (word: string): Promise<string> =>
    await withHost(access, 'host', async (host) => (await host.try(word)).stdout);
  try {
    {
      await using _ = keepConnections(access);
      expect(await Promise.all([say('one'), say('two')])).toEqual(['one', 'two']);
      expect(await say('three')).toBe('three');
      expect([came, there.size]).toEqual([1, 1]);
    }
    await vi.waitFor(() => expect(there.size).toBe(0));
    expect(await say('four')).toBe('four');
    expect(came).toBe(2);
  } finally {
    server.close();
  }
});
