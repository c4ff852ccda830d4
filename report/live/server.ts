/** The live page over HTTP: it shows a run to whoever may see it, and takes commands only where somebody wants them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { toErrorRecord } from '../../core/errors.ts';
import type { Locale } from '../texts.ts';
import { createPass, hostAllowed, originAllowed, type Pass, requireToken } from './access.ts';
import { BadBody, readCommand } from './body.ts';
import type { LiveCommand, LiveReply } from './command.ts';
import { createEventStream, type EventStream } from './events.ts';
import { listenOn } from './listen.ts';
import { type LivePage, renderLivePage } from './page.ts';
import { refusals } from './refusals.ts';
import type { LiveSource } from './source.ts';

export type LiveOptions = {
  source: LiveSource;
  /** Takes what people answer; without it the page is read-only. */
  act?: (command: LiveCommand) => Promise<LiveReply>;
  /** 127.0.0.1 unless told; anything but loopback needs `token`. */
  host?: string;
  /** Any free one unless told. */
  port?: number;
  token?: string;
  locale: Locale;
};

export type LiveServer = { url: string; close(): Promise<void> };

type Site = LiveOptions & { host: string; pass: Pass; events: EventStream; page: LivePage };

/** Headers of every answer: nothing is kept, nothing is framed, nothing is guessed, no address is passed on. */
const guards = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

/**
 * Serves the page until it is closed. Nothing is logged: addresses could hold the token and bodies hold names.
 * @throws DrError LIVE_TOKEN (others could connect and there is no token), LIVE_PORT (the address can't be had)
 */
export async function serveLive(options: LiveOptions): Promise<LiveServer> {
  const { source, act, host = '127.0.0.1', port = 0, token, locale } = options;
  requireToken(host, token);
  const events = createEventStream(source);
  const page = renderLivePage({ locale, canAct: act !== undefined });
  const site: Site = { ...options, host, pass: createPass(token), events, page };
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    for (const [name, value] of Object.entries(guards)) response.setHeader(name, value);
    // Whoever looks never ends the run, whatever goes wrong in showing it.
    respond(site, request, response).catch((error: unknown) => giveUp(response, error));
  });
  try {
    const url = await listenOn(server, host, port);
    return { url, close: () => close(server, events) };
  } catch (error) {
    events.close();
    throw error;
  }
}

async function respond(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The base only makes a path parse; what the request calls its host is checked apart.
  const url = URL.parse(request.url ?? '/', 'http://live.invalid');
  if (url === null) return refuse(response, 400, 'path');
  if (!hostAllowed(request.headers.host, site.host)) return refuse(response, 403, 'host');
  const brought = url.searchParams.get('token');
  if (brought !== null && site.token !== undefined) return admit(site, request, response, brought);
  const pass = site.pass.check(request);
  if (pass !== 'open') return refuse(response, pass === 'missing' ? 401 : 403, 'token');
  const wanted = routes[url.pathname];
  if (wanted === undefined) return refuse(response, 404, 'path');
  if (request.method !== wanted.method) {
    response.setHeader('Allow', wanted.method);
    return refuse(response, 405, 'method');
  }
  await wanted.answer(site, request, response);
}

type Route = {
  method: 'GET' | 'POST';
  answer: (site: Site, request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
};

const routes: Record<string, Route | undefined> = {
  '/': {
    method: 'GET',
    answer: ({ page }, _request, response) => {
      response.setHeader('Content-Security-Policy', page.policy);
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page.source);
    },
  },
  '/events': { method: 'GET', answer: ({ events }, _request, response) => events.add(response) },
  '/view.json': {
    method: 'GET',
    answer: ({ source }, _request, response) => sendJson(response, 200, source.current()),
  },
  '/act': { method: 'POST', answer: takeCommand },
};

async function takeCommand({ act }: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (act === undefined) return refuse(response, 403, 'readOnly');
  if (!originAllowed(request)) return refuse(response, 403, 'origin');
  try {
    const result = await act(await readCommand(request));
    reply(response, result.ok ? 200 : 409, result);
  } catch (error) {
    if (error instanceof BadBody) {
      response.setHeader('Connection', 'close');
      return reply(response, error.status, { ok: false, ...error.record });
    }
    reply(response, 500, { ok: false, ...toErrorRecord(error) });
  }
}

/** The token becomes a cookie and leaves the address, so that it is not in the history or on a projected screen. */
function admit(site: Site, request: IncomingMessage, response: ServerResponse, brought: string): void {
  if (!site.pass.isToken(brought)) return refuse(response, 403, 'token');
  response.setHeader('Set-Cookie', site.pass.cookie(request.socket.localPort ?? 0));
  response.writeHead(303, { Location: '/' }).end();
}

function refuse(response: ServerResponse, status: number, reason: keyof typeof refusals): void {
  reply(response, status, { ok: false, ...refusals[reason] });
}

function giveUp(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else reply(response, 500, { ok: false, ...toErrorRecord(error) });
}

function reply(response: ServerResponse, status: number, body: LiveReply): void {
  sendJson(response, status, body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
    .end(`${JSON.stringify(body)}\n`);
}

function close(server: Server, events: EventStream): Promise<void> {
  return new Promise((resolve) => {
    events.close();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
