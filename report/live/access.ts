/** Who may talk to the live page's server: its own pages on its own machine, and elsewhere whoever has the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { DrError } from '../../core/errors.ts';

/** A short token can be guessed over a network. */
const MIN_TOKEN_LENGTH = 16;

/** @throws DrError LIVE_TOKEN where others than this machine could connect and no good token is set. */
export function requireToken(host: string, token: string | undefined): void {
  if (isLoopback(host) || (token !== undefined && token.length >= MIN_TOKEN_LENGTH)) return;
  throw new DrError(
    'LIVE_TOKEN',
    `All'indirizzo "${host}" la pagina si vede da altre macchine: serve un token di almeno ${MIN_TOKEN_LENGTH} caratteri. / Other machines can reach the page at this address: it needs a token of at least ${MIN_TOKEN_LENGTH} characters.`,
    'Indicare un token, per esempio quello che stampa "openssl rand -hex 16", o restare su 127.0.0.1. / Give a token, or stay on 127.0.0.1.',
  );
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * A name that somebody else's DNS can point to this machine (DNS rebinding) is refused. Where the page is meant for others,
 * addresses and this machine's own name are good: a rebound name is neither.
 */
export function hostAllowed(header: string | undefined, bound: string): boolean {
  const name = hostName(header);
  if (name === undefined) return false;
  if (isLoopback(name)) return true;
  if (isLoopback(bound)) return false;
  const own = hostname().toLowerCase();
  return isIP(name) !== 0 || [bound.toLowerCase(), own, `${own}.local`].includes(name);
}

/** A command is taken only from a page that this server itself gave out; browsers state the origin with every POST. */
export function originAllowed({ headers: { origin, host } }: IncomingMessage): boolean {
  return (
    origin !== undefined && host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`
  );
}

function hostName(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(header ?? '');
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

export type Pass = {
  /** `missing` and `wrong` are told apart in words only; neither lets anybody in. */
  check(request: IncomingMessage): 'open' | 'missing' | 'wrong';
  /** True for the token itself, as `?token=` brings it. */
  isToken(candidate: string): boolean;
  /** The Set-Cookie header of a browser that brought the token. */
  cookie(port: number): string;
};

/** The keeper of `token`; without one everybody who passed the other checks is let in. */
export function createPass(token: string | undefined): Pass {
  // The cookie holds a digest: who reads the browser's cookies does not get the token. It survives a restart of the server.
  const ticket = token === undefined ? '' : digest(`dr-live-cookie:${token}`).toString('hex');
  const isToken = (candidate: string) => token !== undefined && same(candidate, token);
  return {
    isToken,
    check({ headers }) {
      if (token === undefined) return 'open';
      const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
      const tickets = [...(headers.cookie ?? '').matchAll(/(?:^|;\s*)dr-live-\d+=([0-9a-f]*)/g)].map(
        (match) => match[1] ?? '',
      );
      if (bearer === undefined && tickets.length === 0) return 'missing';
      const good = (bearer !== undefined && isToken(bearer)) || tickets.some((found) => same(found, ticket));
      return good ? 'open' : 'wrong';
    },
    // Lax, not Strict: the link with the token is opened from a message, and the page it leads to needs the cookie at once.
    cookie: (port) => `dr-live-${port}=${ticket}; Path=/; HttpOnly; SameSite=Lax`,
  };
}

/** Equal, in a time that tells nothing about where they differ; digests, because lengths must not show either. */
function same(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
