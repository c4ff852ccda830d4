/** The dialogue with an application, held with a real HTTP server: what each wrong answer is called, and that no secret is said. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { DialogueRequest as Request } from '../inventory/schema-applications.ts';
import {
  type DialogueOutcome,
  type DialogueRequest,
  holdDialogue,
} from '../platforms/application/dialogue/dialogue.ts';
import { fill, fillBody, fillPath } from '../platforms/application/dialogue/template.ts';
import { RemoteHost } from '../platforms/ssh.ts';

const PASSWORD = 'Dr1-"segreta"\\con apici';
const json = { 'Content-Type': 'application/json' };
const post = (body: string, contains?: string, more: Partial<Request> = {}): Request => ({
  method: 'POST',
  path: '/api',
  headers: json,
  body,
  expect: { status: 200, contains },
  ...more,
});
const request: Omit<DialogueRequest, 'url'> = {
  account: 'presenze.prova',
  password: PASSWORD,
  health: { path: '/salute', status: 200, contains: 'viva' },
  dialogue: {
    logOn: [
      post('{"user":"${account}","password":"${password}"}', 'session', {
        capture: { session: '"session":"(\\w+)"' },
      }),
    ],
    read: [
      post('{"op":"read"}', 'riga', {
        headers: { ...json, Authorization: 'Session ${account:session}' },
        capture: { line: '"id":(\\d+)' },
      }),
    ],
    write: [post('{"op":"write","line":${line},"note":"${stamp}"}', '${stamp}')],
  },
};

type Handler = (question: IncomingMessage, body: string, answer: ServerResponse) => void;
const open: Server[] = [];

afterEach(async () => {
  await Promise.all(
    open.splice(0).map(async (server) => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }),
  );
});

async function serve(handler: Handler): Promise<string> {
  const server = createServer((question, answer) => {
    const parts: Buffer[] = [];
    question
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => handler(question, Buffer.concat(parts).toString('utf8'), answer));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A small application of the kind that the dialogue above is for. */
const application: Handler = (question, body, answer) => {
  if (question.url === '/salute') {
    answer.writeHead(200, { 'Set-Cookie': 'lingua=it; Path=/' }).end('viva');
    return;
  }
  const asked: unknown = JSON.parse(body);
  const wanted = `Session ${Buffer.from('presenze.prova:abc123def').toString('base64')}`;
  if (question.headers.cookie !== 'lingua=it') answer.writeHead(400).end('senza cookie');
  else if (body.includes('password')) {
    const right = JSON.stringify(asked) === JSON.stringify({ user: 'presenze.prova', password: PASSWORD });
    answer.writeHead(right ? 200 : 401).end(right ? '{"session":"abc123def"}' : 'no');
  } else if (body.includes('read'))
    answer.writeHead(question.headers.authorization === wanted ? 200 : 403).end('{"riga":{"id":7}}');
  else answer.writeHead(200).end(body);
};

async function hold(url: string, change: Partial<DialogueRequest> = {}): Promise<DialogueOutcome[]> {
  const { hostname, port } = new URL(url);
  const connect = async (): Promise<Duplex> => await (await localHost()).openTcp(hostname, Number(port));
  return await holdDialogue(connect, { ...request, url, ...change }, 300);
}

async function localHost(): Promise<RemoteHost> {
  const access = { user: 'root', hosts: { here: { address: '127.0.0.1', port: 22, local: true as const } } };
  return await RemoteHost.connect({ privateKeyFile: '/none', knownHostsFile: '/none', ...access }, 'here');
}

const outcomes = (held: DialogueOutcome[]): string[] => held.map(({ outcome }) => outcome);
const NOT = 'NOT VERIFIABLE';

test('health, log-on, read and write go on from one another: captured values, cookies, credentials', async () => {
  const held = await hold(await serve(application));
  expect(held.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
    'health PASS',
    'log-on PASS',
    'read PASS',
    'write PASS',
  ]);
  expect(held[2]?.evidence).toMatch(/^http:\S+: POST \/api 200 \(\d+ ms\)$/);
});

describe('a wrong answer', () => {
  const answering =
    (path: string, status: number, body: string, headers: Record<string, string> = {}): Handler =>
    (question, asked, answer) => {
      const hit = question.url === '/salute' ? path === 'health' : asked.includes(path);
      if (hit) answer.writeHead(status, headers).end(body);
      else application(question, asked, answer);
    };

  test.each([
    [
      'health',
      answering('health', 500, '<h1>SQLSTATE[HY000] [2002]</h1>'),
      0,
      'non raggiunge la sua base dati',
    ],
    ['health', answering('health', 500, 'Internal Server Error'), 0, 'la sua base dati risponde?'],
    ['health', answering('health', 200, '<html>Benvenuti</html>'), 0, 'senza il testo atteso «viva»'],
    [
      'health',
      answering('health', 302, '', { Location: 'http://10.0.0.1/login' }),
      0,
      "rimanda a un'altra macchina, 10.0.0.1",
    ],
    ['health', answering('health', 302, '', { Location: '/altrove' }), 0, 'risponde 302, atteso 200'],
    ['log-on', answering('password', 401, 'no'), 1, "accesso rifiutato all'utenza di prova"],
    ['log-on', answering('password', 200, '{"error":"LOGIN_ERROR"}'), 1, "l'utenza di prova non è entrata"],
    ['log-on', answering('password', 200, '{"session":""}'), 1, 'la risposta non dà "session"'],
    ['read', answering('read', 200, 'OperationalError: server closed'), 2, 'parla della sua base dati'],
    ['write', answering('write', 200, 'altro'), 3, 'senza il testo atteso'],
  ])('%s: %#', async (step, handler, position, sentence) => {
    const held = await hold(await serve(handler));
    expect(outcomes(held)).toEqual(
      ['PASS', 'PASS', 'PASS', 'PASS'].map((pass, index) => {
        if (index === position) return 'FAIL';
        return index < position ? pass : NOT;
      }),
    );
    expect(held[position]?.evidence).toContain(sentence);
    expect(held[position]?.evidence).toMatch(
      step === 'health' ? /^GET http:.*\/salute: / : /^POST http:.*\/api: /,
    );
    expect(held[position]?.evidence).toContain(' / ');
  });

  test('an answer that repeats the password or the session does not bring them into the evidence', async () => {
    const repeating = answering('read', 500, `password ${PASSWORD}, session abc123def`);
    const held = await hold(await serve(repeating));
    expect(held[2]?.outcome).toBe('FAIL');
    expect(JSON.stringify(held)).not.toContain('segreta');
    expect(JSON.stringify(held)).not.toContain('abc123def');
  });
});

describe('no answer', () => {
  test('nothing listens', async () => {
    const closed = await serve(application);
    const [server] = open;
    await new Promise((resolve) => server?.close(resolve));
    const held = await hold(closed);
    expect(outcomes(held)).toEqual(['FAIL', NOT, NOT, NOT]);
    expect(held[0]?.evidence).toContain("l'applicazione non è accesa?");
  });

  test('it takes too long', async () => {
    const held = await hold(await serve(() => undefined));
    expect(outcomes(held)).toEqual(['FAIL', NOT, NOT, NOT]);
    expect(held[0]?.evidence).toContain('nessuna risposta in 0.3 s');
  });

  test('the connection is cut', async () => {
    const held = await hold(await serve((question) => question.socket.destroy()));
    expect(outcomes(held)).toEqual(['FAIL', NOT, NOT, NOT]);
    expect(held[0]?.evidence).toContain('la connessione è caduta');
  });

  test('the desk could not try: nothing is said about the application', async () => {
    const broken = async (): Promise<Duplex> => await Promise.reject(new Error('Not connected'));
    const held = await holdDialogue(broken, { ...request, url: 'http://10.55.2.30:8000' }, 300);
    expect(outcomes(held)).toEqual([NOT, NOT, NOT, NOT]);
    expect(held[0]?.evidence).toContain('Not connected');
  });

  test('what answers does not speak HTTP', async () => {
    const other = createTcpServer((socket) => socket.end('220 posta\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const connect = async (): Promise<Duplex> => await Promise.resolve(connectTcp(port, '127.0.0.1'));
      const held = await holdDialogue(connect, { ...request, url: `http://127.0.0.1:${port}` }, 300);
      expect(outcomes(held)).toEqual(['FAIL', NOT, NOT, NOT]);
    } finally {
      other.close();
    }
  });
});

describe('templates', () => {
  const given = (value: string, other = ''): Map<string, string> => new Map(Object.entries({ value, other }));

  test('a value stays inside its JSON string, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const text = fillBody('{"a":"${value}","b":1}', given(value), 'application/json; charset=utf-8');
        expect(JSON.parse(text)).toEqual({ a: value, b: 1 });
      }),
    );
  });

  test('a value stays inside its form field and its part of a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (value, other) => {
        const form = fillBody(
          'a=${value}&b=${other}',
          given(value, other),
          'application/x-www-form-urlencoded',
        );
        expect(
          Object.fromEntries(form.split('&').map((pair) => pair.split('=').map(decodeURIComponent))),
        ).toEqual({
          a: value,
          b: other,
        });
        const { pathname } = new URL(fillPath('/x/a${value}z/y', given(value)), 'http://127.0.0.1');
        expect(pathname.split('/').map(decodeURIComponent)).toEqual(['', 'x', `a${value}z`, 'y']);
      }),
    );
  });

  test('names with colons are credentials in base64', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (value, other) => {
        const filled = fill('Basic ${value:other}', given(value, other));
        expect(Buffer.from(filled.slice(6), 'base64').toString('utf8')).toBe(`${value}:${other}`);
      }),
    );
  });

  test('what is no placeholder stays, and a value is not filled again', () => {
    expect(fill('$a {b} ${} ${value} $${value}', given('${other}', 'no'))).toBe(
      '$a {b} ${} ${other} $${other}',
    );
  });

  test('a name without a value is an error that names it', () => {
    expect(() => fill('${nessuno}', given(''))).toThrow('"nessuno"');
  });
});
