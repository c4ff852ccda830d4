/** One HTTP request over a connection that somebody else makes: a desk does, through its SSH connection. */
import { Buffer } from 'node:buffer';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';

/** Opens a TCP connection to the application; rejects as `RemoteHost.openTcp` does. */
export type Connect = () => Promise<Duplex>;

export type Question = { method: string; url: URL; headers: Record<string, string>; body: string };
export type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** More of an answer is not read. */
const LONGEST_BYTES = 1024 * 1024;

/** @throws NoConnection, an AbortError when `signal` fires, Error when the connection breaks before the answer is whole */
export async function ask(connect: Connect, question: Question, signal: AbortSignal): Promise<Answer> {
  const socket = await unlessAborted(connect(), signal);
  socket.on('error', () => undefined); // shows as the failure of the request
  try {
    return await exchange(socket, question, signal);
  } finally {
    socket.destroy();
  }
}

async function exchange(
  socket: Duplex,
  { method, url, headers, body }: Question,
  signal: AbortSignal,
): Promise<Answer> {
  const length = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, {
      method,
      headers: { ...headers, ...length, Connection: 'close' },
      createConnection: () => socket,
      signal,
    });
    sent.once('response', resolve).once('error', reject).end(body);
  });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    const bytes = Buffer.from(part);
    parts.push(bytes);
    size += bytes.length;
    if (size > LONGEST_BYTES) break;
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(parts).toString('utf8'),
  };
}

async function unlessAborted(opening: Promise<Duplex>, signal: AbortSignal): Promise<Duplex> {
  return await new Promise((resolve, reject) => {
    const give = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
      opening.then(
        (late) => late.destroy(),
        () => undefined,
      );
    };
    signal.addEventListener('abort', give, { once: true });
    opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
