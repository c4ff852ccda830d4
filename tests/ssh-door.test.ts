/** A server that lets us in and is gone at once, as one whose disk or memory is full: an error that says so, never the end of the program. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toErrorRecord } from '../core/errors.ts';
import { withHost } from '../platforms/ssh.ts';
import { temporaryFolder } from './mail-fixtures.ts';

const { default: ssh2 } = await import('ssh2');

test.each([
  ['says goodbye once we are in', 'ready', 'end'],
  ['is cut off once we are in', 'ready', 'cut'],
  ['is cut off with the very word that lets us in', 'authentication', 'cut'],
  ['says goodbye when a command is asked for', 'session', 'end'],
  ['is cut off when a command is asked for', 'session', 'cut'],
] as const)('one that %s', async (_what, when, how) => {
  const folder = temporaryFolder();
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
  writeFileSync(join(folder, 'key'), keys.private, { mode: 0o600 });
  writeFileSync(join(folder, 'known'), `host ${keys.public}\n`);
  const access = {
    user: 'root',
    privateKeyFile: join(folder, 'key'),
    knownHostsFile: join(folder, 'known'),
    proxyCommand: ['socat', '-', 'TCP:%h:%p'],
    hosts: { host: { address: '127.0.0.1', port } },
  };
  try {
    const work = withHost(access, 'host', async (host) => await host.try('true'));
    const failed = await work.catch(toErrorRecord);
    expect(failed).toMatchObject({ code: expect.stringMatching(/^(CONNECTION_LOST|HOST_UNREACHABLE)$/) });
  } finally {
    server.close();
  }
});
