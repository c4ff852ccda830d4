/** The live page's server, asked as a program would ask it: who is let in, what is refused, and what never comes back. */
import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { LiveCommand } from '../report/live/command.ts';
import { type LiveOptions, type LiveServer, serveLive } from '../report/live/server.ts';
import { EventStreamReader } from './event-stream.ts';
import { LiveRun, middleOfRestore } from './live-fixtures.ts';

const TOKEN = 'un-gettone-di-prova-abbastanza-lungo';
const answer = {
  type: 'answer',
  step: '6.2.4-desks',
  attempt: 1,
  choice: 'done',
  role: 'responsabile-sede-viareggio',
  name: 'Nome Riservato',
  note: '',
};

const open: LiveServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

function nothingToSee(): never {
  throw new Error('nothing to see');
}

async function serve(over: Partial<LiveOptions> = {}): Promise<{ url: string; taken: LiveCommand[] }> {
  const taken: LiveCommand[] = [];
  const act: LiveOptions['act'] = (command) => {
    taken.push(command);
    return Promise.resolve({ ok: true });
  };
  const server = await serveLive({ source: middleOfRestore(), act, locale: 'it', ...over });
  open.push(server);
  return { url: server.url, taken };
}

type Asked = { method?: string; headers?: Record<string, string>; body?: string };
type Got = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

/** A request with any headers at all, which `fetch` would not send. */
function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Got> {
  const { origin } = new URL(url);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { 'Content-Type': 'application/json', Origin: origin, ...headers };
  return ask(`${url}act`, { method: 'POST', headers: all, body: text });
}

/** The beginning of the stream, up to `mark`. */
async function stream(url: string, mark: string): Promise<string> {
  const reader = new EventStreamReader(await fetch(`${url}events`));
  const text = await reader.until(mark);
  await reader.close();
  return text;
}

describe('what it gives', () => {
  test('the page, under a policy that lets nothing but its own code run, and nothing kept', async () => {
    const { url } = await serve();
    const { status, headers, text } = await ask(url);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'sha256-/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(text).toContain('<html lang="it"');
    expect(text).not.toMatch(/(src|href)="(?!data:)/);
  });

  test('the whole view as JSON', async () => {
    const { url } = await serve();
    const { headers, text } = await ask(`${url}view.json`);
    expect(headers['content-type']).toContain('application/json');
    expect(JSON.parse(text)).toMatchObject({ run: { scenario: 'D1' }, steps: expect.any(Array) });
  });

  test('events: how soon to come back, the whole view, how old it is', async () => {
    const { url } = await serve();
    const text = await stream(url, 'ageMs');
    expect(text).toMatch(
      /^retry: \d+\n\nevent: view\ndata: \{"seq":\d+.*\}\n\nevent: heartbeat\ndata: \{"ageMs":\d+\}/s,
    );
  });

  test('a source that hands out an old view: the age says how old', async () => {
    const source = new LiveRun();
    const old = { ...source.current(), madeAtUtc: new Date(Date.now() - 60_000).toISOString() };
    const { url } = await serve({ source: { current: () => old, subscribe: () => () => undefined } });
    const age = /"ageMs":(\d+)/.exec(await stream(url, 'ageMs'))?.[1];
    expect(Number(age)).toBeGreaterThanOrEqual(60_000);
  });

  test('a view that can not be made is an answer, and the end of a stream; never of the process', async () => {
    const { url } = await serve({ source: { current: nothingToSee, subscribe: () => () => undefined } });
    expect((await ask(`${url}view.json`)).status).toBe(500);
    await expect(stream(url, 'ageMs')).rejects.toThrow();
    expect((await ask(url)).status).toBe(200);
  });

  test('who comes later does not make the view of the others younger', async () => {
    const source = middleOfRestore();
    const { url } = await serve({ source });
    const first = new EventStreamReader(await fetch(`${url}events`));
    const made = await first.until('ageMs');
    await stream(url, 'ageMs');
    const beat = await first.until('heartbeat');
    expect(made).toContain('event: view');
    expect(Number(/"ageMs":(\d+)/.exec(beat)?.[1])).toBeGreaterThan(4_000);
  });

  test('a reader that is slow gets the newest view, not a queue of old ones', async () => {
    const source = middleOfRestore();
    const { url } = await serve({ source });
    const slow = new EventStreamReader(await fetch(`${url}events`));
    const bulky = 'x'.repeat(100_000);
    for (let count = 1; count <= 400; count += 1) source.change((view) => (view.run.statusDetail = bulky));
    const { seq } = source.current();
    const text = await slow.until(`"seq":${seq},`);
    expect(text.match(/event: view/g)?.length).toBeLessThan(300);
    await slow.close();
  });

  test('closing it lets the source go', async () => {
    const source = new LiveRun();
    const server = await serveLive({ source, locale: 'it' });
    expect(source.listeners).toBe(1);
    await server.close();
    expect(source.listeners).toBe(0);
  });

  test.each([
    ['/nothing', 'GET', 404, 'LIVE_PATH'],
    ['/', 'POST', 405, 'LIVE_METHOD'],
    ['/act', 'GET', 405, 'LIVE_METHOD'],
    ['/view.json', 'DELETE', 405, 'LIVE_METHOD'],
    ['/constructor', 'GET', 404, 'LIVE_PATH'],
  ])('%s by %s: %i', async (path, method, status, code) => {
    const { url } = await serve();
    const got = await ask(new URL(path, url).href, { method });
    expect(got.status).toBe(status);
    expect(JSON.parse(got.text)).toMatchObject({ ok: false, code });
  });
});

describe('commands', () => {
  test.each<[string, object]>([
    ['answer', answer],
    ['answer with a time', { ...answer, atUtc: '2026-11-23T09:00:00.000Z' }],
    ['take-back', { type: 'take-back', step: '6.1.10', attempt: 1, role: 'rco', name: 'N', why: 'errore' }],
    [
      'hand-over',
      { type: 'hand-over', role: 'rco', to: 'provveditore', by: 'rco', name: 'N', why: 'malattia' },
    ],
    [
      'declare',
      { type: 'declare', milestone: 'event', atUtc: '2026-11-23T06:00:00Z', role: 'rco', name: 'N' },
    ],
    ['abort', { type: 'abort', role: 'rco', name: 'N', why: 'falso allarme' }],
  ])('%s is handed on as it is', async (_name, command) => {
    const { url, taken } = await serve();
    const got = await post(url, command);
    expect([got.status, got.text]).toEqual([200, '{"ok":true}\n']);
    expect(taken).toEqual([command]);
  });

  test.each<[string, unknown]>([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['an unknown kind', { ...answer, type: 'explode' }],
    ['a field too many', { ...answer, sudo: 'Nome Riservato' }],
    ['no name', { ...answer, name: '   ' }],
    ['attempt zero', { ...answer, attempt: 0 }],
    ['a time that is none', { ...answer, atUtc: 'ieri' }],
    ['an endless note', { ...answer, note: 'x'.repeat(5_000) }],
    [
      'an unknown milestone',
      { type: 'declare', milestone: 'x', atUtc: '2026-11-23T06:00:00Z', role: 'r', name: 'N' },
    ],
    ['an abort without a reason', { type: 'abort', role: 'rco', name: 'N', why: '' }],
  ])('%s is refused, and what was typed does not come back', async (_name, body) => {
    const { url, taken } = await serve();
    const { status, text } = await post(url, body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ ok: false, code: 'LIVE_BODY' });
    expect(text).not.toContain('Riservato');
    expect(taken).toEqual([]);
  });

  test.each([{}, { 'Transfer-Encoding': 'chunked' }])('a flood is refused: %o', async (headers) => {
    const { url, taken } = await serve();
    const { status, text } = await post(url, { ...answer, note: 'x'.repeat(40_000) }, headers);
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ code: 'LIVE_TOO_LARGE' });
    expect(taken).toEqual([]);
  });

  test('what the run says against a command comes back whole', async () => {
    const refusal = { ok: false as const, code: 'STEP_NOT_WAITING', message: 'Già fatto.', hint: 'dr step' };
    const { url } = await serve({ act: () => Promise.resolve(refusal) });
    const { status, text } = await post(url, answer);
    expect([status, JSON.parse(text)]).toEqual([409, refusal]);
  });

  test('a run that breaks is an answer, too', async () => {
    const { url } = await serve({ act: () => Promise.reject(new Error('database lost')) });
    const { status, text } = await post(url, answer);
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ ok: false, code: 'UNEXPECTED', message: 'database lost' });
  });

  test('read only: refused in words', async () => {
    const server = await serveLive({ source: new LiveRun(), locale: 'it' });
    open.push(server);
    const { status, text } = await post(server.url, answer);
    expect(status).toBe(403);
    expect(text).toContain('sola lettura. / This page is read only');
  });
});

describe('who is let in', () => {
  test.each([
    'evil.example',
    'evil.example:80',
    '192.168.1.5',
    '127.0.0.1.evil.example',
    'localhost.evil',
    'a b',
  ])('called "%s" it refuses', async (host) => {
    const { url } = await serve();
    const { status, text } = await ask(`${url}view.json`, { headers: { Host: host } });
    expect([status, JSON.parse(text).code]).toEqual([403, 'LIVE_HOST']);
  });

  test.each(['127.0.0.1', 'localhost:9999', '[::1]:80'])('called "%s" it answers', async (host) => {
    const { url } = await serve();
    expect((await ask(url, { headers: { Host: host } })).status).toBe(200);
  });

  test.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'a command from a page at %s is refused',
    async (origin) => {
      const { url, taken } = await serve();
      const { status, text } = await post(url, answer, { Origin: origin });
      expect([status, JSON.parse(text).code, taken]).toEqual([403, 'LIVE_ORIGIN', []]);
    },
  );

  test('a command as a form would send it is refused', async () => {
    const { url } = await serve();
    expect((await post(url, answer, { 'Content-Type': 'text/plain' })).status).toBe(415);
  });

  test.each(['0.0.0.0', '::', '192.168.1.5', 'viareggio.lan'])(
    '%s without a token does not even start',
    async (host) => {
      const source = new LiveRun();
      for (const token of [undefined, 'corto'])
        await expect(
          serveLive({ source, host, locale: 'it', ...(token === undefined ? {} : { token }) }),
        ).rejects.toMatchObject({
          code: 'LIVE_TOKEN',
        });
      expect(source.listeners).toBe(0);
    },
  );

  test('an address that is taken is an error with a hint', async () => {
    const { url } = await serve();
    const port = Number(new URL(url).port);
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'LIVE_PORT',
      hint: expect.stringContaining('0'),
    });
  });

  test('with a token every request needs it', async () => {
    const { url } = await serve({ token: TOKEN });
    for (const path of ['', 'events', 'view.json', 'nothing'])
      expect((await ask(url + path)).status, path).toBe(401);
    expect((await post(url, answer)).status).toBe(401);
    expect((await ask(`${url}?token=wrong`)).status).toBe(403);
    expect((await ask(url, { headers: { Cookie: 'dr-live-1=0000' } })).status).toBe(403);
    expect((await ask(url, { headers: { Authorization: `Bearer ${TOKEN}x` } })).status).toBe(403);
  });

  test('the token becomes a cookie that does not hold it, and leaves the address', async () => {
    const { url, taken } = await serve({ token: TOKEN, host: '0.0.0.0' });
    const admitted = await ask(`${url}?token=${TOKEN}`);
    expect([admitted.status, admitted.headers['location']]).toEqual([303, '/']);
    const cookie = String(admitted.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    expect(cookie).not.toContain(TOKEN);
    const headers = { Cookie: cookie.split(';')[0] ?? '' };
    expect((await ask(`${url}view.json`, { headers })).status).toBe(200);
    expect((await post(url, answer, headers)).status).toBe(200);
    expect(taken).toHaveLength(1);
    expect((await ask(url, { headers: { Authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    expect((await ask(url, { headers: { ...headers, Host: 'evil.example' } })).status).toBe(403);
  });
});
