/**
 * The door to other hosts, tried on servers of our own. One that lets us in and is gone at once, as with a full disk or memory, or that takes a
 * command and never says a word again: an error that says so, never the end of the program, nor a wait without end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Connection } from 'ssh2';
import { expect, onTestFinished, test, vi } from 'vitest';
import { toErrorRecord } from '../core/errors.ts';
import type { Access } from '../platforms/access.ts';
import { keepConnections, withHost } from '../platforms/ssh.ts';
import { patiently } from './hand.ts';
import { temporaryFolder } from './mail-fixtures.ts';

const { default: ssh2 } = await import('ssh2');

type DoorAccess = Access & { hosts: { host: { address: string; port: number } } };

/** How the door is told to get to a server with these keys. */
function accessTo(port: number, keys: { private: string; public: string }): DoorAccess {
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

test.each([
  ['says goodbye once we are in', 'ready', 'end'],
  ['is cut off once we are in', 'ready', 'cut'],
  ['is cut off with the very word that lets us in', 'authentication', 'cut'],
  ['says goodbye when a command is asked for', 'session', 'end'],
  ['is cut off when a command is asked for', 'session', 'cut'],
] as const)('one that %s', async (_what, when, how) => {
  await using door = await openDoor((client, socket) => {
    const leave = (): void => void (how === 'end' ? client.end() : socket.destroy());
    client.on('authentication', (context) => {
      context.accept();
      if (when === 'authentication') socket.end();
    });
    if (when === 'ready') client.on('ready', leave);
    if (when === 'session') client.on('session', leave);
  });
  const work = withHost(door.access, 'host', async (host) => await host.try('true'));
  const failed = await work.catch(toErrorRecord);
  expect(failed).toMatchObject({ code: expect.stringMatching(/^(CONNECTION_LOST|HOST_UNREACHABLE)$/) });
});

test.each([
  ['hears it', ['SIGTERM']],
  ['says nothing any more', []],
])('one that hangs and %s: its command is told to end, and whoever waited is let go', async (what, ended) => {
  const stop = new AbortController();
  const begun: ChildProcess[] = [];
  const signals: unknown[] = [];
  onTestFinished(() => {
    for (const child of begun) child.kill('SIGKILL');
  });
  await using door = await openDoor((client, socket) => {
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) => {
      accept().on('exec', (acceptCommand, _refuse, { command }) => {
        const channel = acceptCommand();
        // As sshd does: a child of its own, which leads a process group.
        const child = spawn('sh', ['-c', command], { detached: true, stdio: 'ignore' });
        begun.push(child);
        child.once('exit', (_status, signal) => {
          if (signal !== null) signals.push(signal);
          channel.exit(0);
          channel.end();
        });
        if (what === 'says nothing any more') socket.pause();
        if (!stop.signal.aborted) stop.abort(); // the command is under way, and would be for ever
      });
    });
  });
  const access = { ...door.access, signal: stop.signal };
  const work = withHost(access, 'host', async (host) => await host.try('exec sleep infinity'));
  await work.catch(() => undefined); // it comes back, whether or not its host is heard once more
  await vi.waitFor(() => expect(signals).toEqual(ended), { timeout: 20_000, interval: 10 });
  await expect(withHost(access, 'host', async (host) => await host.try('true'))).rejects.toMatchObject({
    code: 'STOPPED',
  });
});

test('a command on this machine itself ends when nobody wants it any more', async () => {
  const stop = new AbortController();
  await using door = await openDoor(() => undefined);
  const { host } = door.access.hosts;
  const access = { ...door.access, hosts: { host: { ...host, local: true } }, signal: stop.signal };
  const work = withHost(access, 'host', async (here) => {
    const ended = here.try('exec sleep infinity');
    stop.abort();
    return await ended;
  });
  expect(await work).toMatchObject({ exitCode: 128 });
});

/** An SSH server that takes one client, which the test plays. */
async function openDoor(
  play: (client: Connection, socket: Socket) => void,
): Promise<AsyncDisposable & { access: DoorAccess }> {
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const ssh = new ssh2.Server({ hostKeys: [keys.private] });
  const server = createServer((socket) => {
    ssh.injectSocket(socket);
    ssh.once('connection', (client) => {
      client.on('error', () => undefined);
      play(client, socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    access: accessTo(port, keys),
    [Symbol.asyncDispose]: async () => {
      server.close();
      await Promise.resolve();
    },
  };
}

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
    await vi.waitFor(() => expect(there.size).toBe(0), patiently);
    expect(await say('four')).toBe('four');
    expect(came).toBe(2);
  } finally {
    server.close();
  }
});
