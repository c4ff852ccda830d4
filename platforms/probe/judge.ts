/** What a desk saw of an endpoint, as an outcome and a sentence. Pure: the look is in probe.ts. */
import type { CheckOutcome } from '../../core/check.ts';
import type { DeskLook, Seen } from './probe.ts';

export type Judged = { outcome: CheckOutcome; evidence: string };
export type ExpectedEndpoint = {
  host: string;
  status: number;
  contains: string;
  authority: string | undefined;
  addresses: readonly string[] | undefined;
};

/** As much as Kerberos lets the clocks of a domain differ (RFC 4120, 1.6; Active Directory's default). */
export const CLOCK_TOLERANCE_SECONDS = 300;
/** From here on a certificate's end is told: whoever renews it needs some days. */
export const EXPIRY_WARNING_DAYS = 30;

/** How far the desk's clock is before its suppliers', by most of them; undefined where fewer than two told the time. */
export function deskAheadSeconds(look: DeskLook): number | undefined {
  const told = look.seen.flatMap(({ http }) => http?.aheadSeconds ?? []).toSorted((a, b) => a - b);
  return told.length < 2 ? undefined : told[told.length >> 1];
}

/** A desk's line, by its router alone. @returns undefined where it leads somewhere, so that each endpoint has its own answer. */
export function judgeLine(
  look: DeskLook,
  line: { id: string; gateway: string; resolver: string },
): Judged | undefined {
  const state = look.lines.find((one) => one.line === line.id);
  if (state === undefined || state.ready === null) {
    return {
      outcome: 'NOT VERIFIABLE',
      evidence: `La postazione non ha potuto usare la linea (${state?.reason ?? '-'}). / The desk could not use the line.`,
    };
  }
  if (!state.ready) {
    return fail(
      `Linea interrotta: il router ${line.gateway} non risponde nella rete della sede; controllare che sia acceso e collegato allo switch.`,
      `Line dead: its router does not answer on the site's network; is it on and plugged into the switch?`,
    );
  }
  const seen = look.seen.filter((one) => one.line === line.id);
  if (seen.length === 0 || !seen.every(({ dns }) => isSilence(dns.error))) return undefined;
  if (
    state.resolver === 'refused' ||
    state.resolver === 'open' ||
    seen.some(({ dns }) => dns.error === 'refused')
  ) {
    return fail(
      `Linea senza DNS: porta fino a ${line.resolver}, ma là nessun risolutore risponde; chiamare il fornitore della linea o dare un altro risolutore.`,
      `Line without DNS: it leads to that address, but no resolver answers there; call the line's supplier, or name another resolver.`,
    );
  }
  return fail(
    `Linea interrotta oltre il router: ${line.gateway} c'è, ma il risolutore ${line.resolver} tace per ogni nome; chiamare il fornitore della linea.`,
    `Line dead beyond its router: the router is there, but the resolver is silent for every name; call the line's supplier.`,
  );
}

function isSilence(error: string | null): boolean {
  return error === 'timeout' || error === 'unreachable' || error === 'refused';
}

/** One endpoint through a line that leads somewhere; `seen` is undefined where the look did not end in time. */
export function judgeEndpoint(
  seen: Seen | undefined,
  expected: ExpectedEndpoint,
  { resolver, deskAhead, nowUtc }: { resolver: string; deskAhead: number | undefined; nowUtc: string },
): Judged {
  if (seen === undefined) return fail('Nessuna risposta in tempo.', 'No answer in time.');
  const clock = wrongClock(seen, deskAhead);
  const wrong =
    wrongName(seen, expected, resolver) ??
    wrongConnection(seen) ??
    (clock !== undefined && isAboutTime(seen) ? clock : undefined) ??
    wrongCertificate(seen, expected, nowUtc) ??
    wrongAnswer(seen, expected) ??
    (isTheDesks(deskAhead) ? clock : undefined);
  return wrong ?? { outcome: 'PASS', evidence: whatIsGood(seen, nowUtc, clock) };
}

function wrongName(
  { dns }: Seen,
  { host, addresses }: ExpectedEndpoint,
  resolver: string,
): Judged | undefined {
  if (dns.error !== null) return fail(...nameSentence(dns.error, host, resolver));
  const strange =
    addresses === undefined ? [] : dns.addresses.filter((address) => !addresses.includes(address));
  if (strange.length === 0) return undefined;
  const attended = (addresses ?? []).join(', ');
  return fail(
    `DNS: ${resolver} porta ${host} a ${strange.join(', ')}, che non è del fornitore (attesi: ${attended}): DNS alterato, o indirizzo cambiato senza dirlo.`,
    `DNS: the resolver leads that name to an address that is not the supplier's: a poisoned DNS, or an address changed without notice.`,
  );
}

function nameSentence(error: string, host: string, resolver: string): [string, string] {
  switch (error) {
    case 'timeout':
    case 'unreachable':
      return [
        `DNS: il risolutore ${resolver} non risponde per ${host}.`,
        'DNS: the resolver does not answer.',
      ];
    case 'refused':
      return [
        `DNS: a ${resolver} non c'è nessun risolutore in ascolto; la linea porta fin lì.`,
        'DNS: no resolver listens at that address; the line leads there.',
      ];
    case 'nxdomain':
    case 'nodata':
      return [
        `DNS: ${resolver} dice che ${host} non esiste.`,
        'DNS: the resolver says that there is no such name.',
      ];
    default:
      return [
        `DNS: ${resolver} non sa risolvere ${host} (${error}).`,
        'DNS: the resolver cannot resolve that name.',
      ];
  }
}

function wrongConnection({ tcp }: Seen): Judged | undefined {
  if (tcp === null || tcp.error === null) return undefined;
  const [it, en] = connectionWords[tcp.error] ?? [tcp.error, tcp.error];
  return fail(
    `Il server ${tcp.address} ${it}: il collegamento non si apre.`,
    `The server ${en}: no connection opens.`,
  );
}

const connectionWords: Record<string, [it: string, en: string]> = {
  timeout: ['tace', 'is silent'],
  refused: ['respinge', 'refuses'],
  unreachable: ['non è raggiungibile', 'cannot be reached'],
};

/** A certificate that only seems out of its time where the clock is wrong. */
function isAboutTime({ tls }: Seen): boolean {
  return tls?.trust === 'expired' || tls?.trust === 'not-yet-valid';
}

function isTheDesks(deskAhead: number | undefined): boolean {
  return deskAhead !== undefined && Math.abs(deskAhead) > CLOCK_TOLERANCE_SECONDS;
}

/** The clocks differ: by the majority of suppliers one sees whose is wrong. */
function wrongClock({ http }: Seen, deskAhead: number | undefined): Judged | undefined {
  const ahead = http?.aheadSeconds ?? null;
  if (isTheDesks(deskAhead) && deskAhead !== undefined) {
    const [it, en] = deskAhead > 0 ? ['avanti', 'fast'] : ['indietro', 'slow'];
    return fail(
      `L'orologio della postazione è ${it} di ${duration(deskAhead)} rispetto ai fornitori: regolarlo, o certificati e accessi al dominio non valgono.`,
      `The desk's clock is ${en} by that much against its suppliers': set it, or certificates and domain log-ons will not hold.`,
    );
  }
  if (ahead === null || Math.abs(ahead - (deskAhead ?? 0)) <= CLOCK_TOLERANCE_SECONDS) return undefined;
  if (deskAhead !== undefined) {
    return fail(
      `L'orologio del fornitore, e solo il suo, differisce di ${duration(ahead)}.`,
      "The supplier's clock, and only its, differs by that much.",
    );
  }
  return fail(
    `Gli orologi di postazione e fornitore differiscono di ${duration(ahead)}; da uno solo non si sa quale sbaglia.`,
    "The desk's clock and the supplier's differ; from one alone it is not known which is wrong.",
  );
}

function wrongCertificate(
  { tls, tcp }: Seen,
  { host, authority }: ExpectedEndpoint,
  nowUtc: string,
): Judged | undefined {
  if (tls === null) return undefined;
  const { certificate, reason, trust } = tls;
  const signer = certificate?.issuer.join(', ') || '-';
  if (trust !== 'good') {
    const whose = certificate?.names.join(', ') || '-';
    const { notBeforeUtc, notAfterUtc } = certificate ?? {};
    const address = tcp?.address ?? '-';
    const days = daysBetween(notAfterUtc, nowUtc);
    return fail(
      ...certificateSentence(trust, {
        host,
        address,
        whose,
        signer,
        reason,
        notBeforeUtc,
        notAfterUtc,
        days,
      }),
    );
  }
  if (authority === undefined || certificate?.issuer.includes(authority) === true) return undefined;
  return fail(
    `Certificato di ${host} firmato da ${signer} e non da ${authority}: qualcuno sta in mezzo, o il fornitore ha cambiato autorità.`,
    'The certificate is signed by another authority than the expected one: somebody is in between, or the supplier has changed it.',
  );
}

type BadTrust = Exclude<NonNullable<Seen['tls']>['trust'], 'good'>;
type BadCertificate = Record<'host' | 'address' | 'whose' | 'signer' | 'reason', string> & {
  notBeforeUtc: string | undefined;
  notAfterUtc: string | undefined;
  /** Since it ended. */
  days: number;
};

function certificateSentence(trust: BadTrust, bad: BadCertificate): [it: string, en: string] {
  const { host, address, whose, signer, reason, days } = bad;
  const sentences = {
    expired: [
      `Certificato di ${host} scaduto il ${day(bad.notAfterUtc)}, da ${days} giorni: avvisare il fornitore.`,
      `The certificate expired ${days} days ago: tell the supplier.`,
    ],
    'not-yet-valid': [
      `Certificato di ${host} valido solo dal ${day(bad.notBeforeUtc)}.`,
      'The certificate is not valid yet.',
    ],
    'other-name': [
      `A ${address} risponde il certificato di ${whose}, non di ${host}: portale di accesso o DNS alterato.`,
      'The certificate there is of another name: a captive portal or a poisoned DNS.',
    ],
    untrusted: [
      `Certificato di ${whose} firmato da ${signer}, di cui la postazione non si fida (${reason}): portale di accesso, o qualcuno che ascolta.`,
      'The certificate is signed by one that the desk does not trust: a captive portal, or somebody listening in.',
    ],
    'no-tls': [
      `${address} non parla TLS (${reason}): portale di accesso, o un altro servizio.`,
      'No TLS is spoken there: a captive portal, or another service.',
    ],
  } satisfies Record<BadTrust, [string, string]>;
  return sentences[trust];
}

function wrongAnswer({ http }: Seen, { status, contains }: ExpectedEndpoint): Judged | undefined {
  if (http === null)
    return fail(
      'Il collegamento è caduto prima della risposta.',
      'The connection was lost before the answer.',
    );
  if (http.error !== null) return fail(`Nessuna risposta HTTP (${http.error}).`, 'No answer over HTTP.');
  if (http.status !== status) {
    const to = http.location === null ? '' : ` e rimanda a ${http.location}`;
    return fail(
      `Risponde ${http.status}${to}, non ${status}${to === '' ? '' : ': portale di accesso, o pagina spostata'}.`,
      'It answers with another status than the expected one.',
    );
  }
  if (http.contains) return undefined;
  return fail(
    `Risponde ${status}, ma senza il testo "${contains}": non è la pagina del fornitore (portale di accesso, o manutenzione).`,
    "It answers, but without the text that only the supplier's page has: a captive portal, or maintenance.",
  );
}

function whatIsGood({ http, tls, elapsedMs }: Seen, nowUtc: string, clock: Judged | undefined): string {
  const end = tls?.certificate?.notAfterUtc;
  const left = daysBetween(nowUtc, end);
  const soon = left < EXPIRY_WARNING_DAYS ? ` SCADE FRA ${left} GIORNI / EXPIRES IN ${left} DAYS` : '';
  const told = clock === undefined ? '' : ` ${clock.evidence}`;
  return `${http?.status ?? '-'}, ${elapsedMs} ms, certificato fino al / certificate until ${day(end)}${soon}${told}`;
}

function fail(it: string, en: string): Judged {
  return { outcome: 'FAIL', evidence: `${it} / ${en}` };
}

/** Whole days, counted down. */
function daysBetween(fromUtc: string | undefined, toUtc: string | undefined): number {
  return Math.floor((Date.parse(toUtc ?? '') - Date.parse(fromUtc ?? '')) / 86_400_000);
}

const romeDay = new Intl.DateTimeFormat('it-IT', { timeZone: 'Europe/Rome', dateStyle: 'short' });

function day(utc: string | undefined): string {
  return utc === undefined ? '-' : romeDay.format(new Date(utc));
}

function duration(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  return minutes < 120
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
