/** Mail servers on loopback, certificates and messages for the tests of mail. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import type { SmtpSettings } from '../inventory/notifications-schema.ts';
import { run } from '../platforms/exec.ts';

export type Received = { from: string; to: string[]; raw: string };

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dr-mail-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Settings for a server on this port, which answers at once or not at all. */
export function settingsFor(port: number, more: Partial<SmtpSettings> = {}): SmtpSettings {
  return {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'continuita@camera.test',
    timeoutSeconds: 5,
    ...more,
  };
}

/** A real SMTP server; what it took is in `received`. An address that begins with `no` is refused. */
export async function smtpServer(
  options: SMTPServerOptions = {},
): Promise<{ port: number; received: Received[]; sessions: () => number }> {
  const received: Received[] = [];
  let sessions = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onConnect: (_session, done) => {
      sessions += 1;
      done();
    },
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('no')
        ? done(Object.assign(new Error(`5.1.1 <${address}> unknown`), { responseCode: 550 }))
        : done(),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
        });
        done();
      });
    },
    ...options,
  });
  // A client that refuses our certificate, or is cut off, is what some tests are about.
  server.on('error', () => undefined);
  const port = await listening(server.listen(0, '127.0.0.1'));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
      }),
  );
  return { port, received, sessions: () => sessions };
}

/** A server that is no SMTP server: `talk` does with each connection what it likes. */
export async function rawServer(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket);
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await closed(server);
  });
  return await listening(server.listen(0, '127.0.0.1'));
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server.listen(0, '127.0.0.1'));
  await closed(server);
  return port;
}

async function listening(server: Server): Promise<number> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** A certificate that signed itself, for 127.0.0.1. */
export async function selfSigned(folder: string): Promise<{ caFile: string; key: Buffer; cert: Buffer }> {
  const [keyFile, caFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const asked = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=posta';
  const name = ['-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', [...asked.split(' '), ...name, '-keyout', keyFile, '-out', caFile]);
  return { caFile, key: readFileSync(keyFile), cert: readFileSync(caFile) };
}

/** A secrets folder with this password for the mail server. */
export function secretsWith(password: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'smtp-password'), `${password}\n`, { mode: 0o600 });
  return folder;
}

/** Headers (unfolded, decoded) and the text of a message as it travels. */
export function parseMail(raw: string): { headers: Record<string, string>; text: string } {
  const gap = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, gap)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }),
  );
  const body = raw.slice(gap + 4);
  const encoding = headers['content-transfer-encoding'];
  const text =
    encoding === 'quoted-printable'
      ? unquote(body.replaceAll('=\r\n', ''))
      : encoding === 'base64'
        ? Buffer.from(body, 'base64').toString('utf8')
        : body;
  return { headers, text: text.replaceAll('\r\n', '\n') };
}

function decodeWords(value: string): string {
  return value
    .replaceAll(/\?= =\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_, word: string) => unquote(word.replaceAll('_', ' ')))
    .replaceAll(/=\?UTF-8\?B\?(.*?)\?=/gi, (_, word: string) => Buffer.from(word, 'base64').toString('utf8'));
}

function unquote(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
