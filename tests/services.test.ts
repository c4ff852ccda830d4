/** What a desk saw, as a sentence; what the sentences of all desks make of a service; and which desk can open. */
import { describe, expect, test } from 'vitest';
import type { Check } from '../core/check.ts';
import { requireInventory } from '../inventory/load.ts';
import type { Inventory } from '../inventory/schema.ts';
import {
  deskAheadSeconds,
  type ExpectedEndpoint,
  judgeEndpoint,
  judgeLine,
} from '../platforms/probe/judge.ts';
import type { DeskLook, Seen } from '../platforms/probe/probe.ts';
import {
  judgeClass,
  judgeLook,
  overLines,
  type ProbeResult,
  type ServicesLook,
} from '../scripts/probe-services.ts';
import { readinessChecks, readinessOf } from '../scripts/readiness.ts';

const NOW = '2026-11-25T09:00:00.000Z';
const line = { id: 'primary', gateway: '10.55.2.2', resolver: '192.0.2.53' };
const expected: ExpectedEndpoint = {
  host: 'servizio.example.it',
  status: 200,
  contains: 'Servizio',
  authority: undefined,
  addresses: undefined,
};
const certificate = {
  names: ['servizio.example.it'],
  issuer: ['Autorità'],
  notBeforeUtc: '2026-10-01T00:00:00Z',
  notAfterUtc: '2027-10-01T00:00:00Z',
};
const good: Seen = {
  line: 'primary',
  endpoint: 'servizio',
  elapsedMs: 84,
  dns: { addresses: ['203.0.113.1'], error: null },
  tcp: { address: '203.0.113.1', error: null },
  tls: { trust: 'good', reason: '', certificate },
  http: { status: 200, contains: true, location: null, aheadSeconds: 0, error: null },
};

function judged(
  seen: Seen | undefined,
  more: Partial<ExpectedEndpoint> = {},
  deskAhead: number | undefined = 0,
) {
  return judgeEndpoint(seen, { ...expected, ...more }, { resolver: line.resolver, deskAhead, nowUtc: NOW });
}

const http = (change: Partial<NonNullable<Seen['http']>>): Partial<Seen> => ({
  http: { status: 200, contains: true, location: null, aheadSeconds: 0, error: null, ...change },
});
const tls = (
  trust: NonNullable<Seen['tls']>['trust'],
  change: Partial<typeof certificate> = {},
  reason = '',
): Partial<Seen> => ({ tls: { trust, reason, certificate: { ...certificate, ...change } } });
const dns = (error: string): Partial<Seen> => ({
  dns: { addresses: [], error },
  tcp: null,
  tls: null,
  http: null,
});
const tcp = (error: string): Partial<Seen> => ({
  tcp: { address: '203.0.113.1', error },
  tls: null,
  http: null,
});

describe('one endpoint', () => {
  type Case = [name: string, seen: Partial<Seen>, says: RegExp, more?: Partial<ExpectedEndpoint>];
  const wrong: Case[] = [
    [
      'no resolver answers',
      dns('timeout'),
      /il risolutore 192\.0\.2\.53 non risponde .* \/ .*does not answer/,
    ],
    ['nobody listens for DNS', dns('refused'), /nessun risolutore in ascolto/],
    ['no such name', dns('nxdomain'), /dice che servizio\.example\.it non esiste/],
    ['a name without an address', dns('nodata'), /non esiste/],
    ['a resolver that fails', dns('servfail'), /non sa risolvere servizio\.example\.it \(servfail\)/],
    [
      'a poisoned DNS',
      {},
      /a 203\.0\.113\.1, che non è del fornitore .*DNS alterato.* \/ .*poisoned/,
      { addresses: ['198.51.100.7'] },
    ],
    ['a server that refuses', tcp('refused'), /203\.0\.113\.1 respinge.* \/ .*refuses/],
    ['a server that is silent', tcp('timeout'), /203\.0\.113\.1 tace/],
    [
      'expired',
      tls('expired', { notAfterUtc: '2026-11-15T00:00:00Z' }),
      /scaduto il 15\/11\/26, da 10 giorni.* \/ .*10 days ago/,
    ],
    [
      'not valid yet',
      tls('not-yet-valid', { notBeforeUtc: '2026-12-01T00:00:00Z' }),
      /valido solo dal 01\/12\/26/,
    ],
    [
      'of another name',
      tls('other-name', { names: ['portale.example'] }),
      /certificato di portale\.example, non di servizio\.example\.it/,
    ],
    [
      'of nobody that is trusted',
      tls('untrusted', { issuer: ['Ospiti'] }, 'self-signed'),
      /firmato da Ospiti, .*\(self-signed\).* \/ .*captive portal/,
    ],
    [
      'no TLS',
      { ...tls('no-tls', {}, 'WRONG_VERSION_NUMBER'), http: null },
      /non parla TLS \(WRONG_VERSION_NUMBER\)/,
    ],
    ['another authority', {}, /firmato da Autorità e non da Altra/, { authority: 'Altra' }],
    ['a connection that was lost', { http: null }, /caduto prima della risposta/],
    [
      'something that is not HTTP',
      http({ status: null, error: 'timeout' }),
      /Nessuna risposta HTTP \(timeout\)/,
    ],
    [
      'a portal that sends elsewhere',
      http({ status: 302, location: 'https://login.example/' }),
      /Risponde 302 e rimanda a https:\/\/login\.example\/, non 200: portale/,
    ],
    ['another status', http({ status: 503 }), /Risponde 503, non 200\./],
    [
      'a portal that answers 200',
      http({ contains: false }),
      /Risponde 200, ma senza il testo "Servizio".*portale.* \/ .*captive portal/,
    ],
  ];
  test.for(wrong)('%s', ([, change, says, more]) => {
    const { outcome, evidence } = judged({ ...good, ...change }, more);
    expect(outcome).toBe('FAIL');
    expect(evidence).toMatch(says);
    expect(evidence.split(' / ')).toHaveLength(2); // each language, once
  });

  test('what is good, and what will not be for long', () => {
    expect(judged(good)).toEqual({
      outcome: 'PASS',
      evidence: '200, 84 ms, certificato fino al / certificate until 01/10/27',
    });
    const soon = judged({ ...good, ...tls('good', { notAfterUtc: '2026-12-07T10:00:00Z' }) });
    expect(soon.outcome).toBe('PASS');
    expect(soon.evidence).toContain('SCADE FRA 12 GIORNI');
    expect(judged(good, { authority: 'Autorità', addresses: ['203.0.113.1'] }).outcome).toBe('PASS');
  });

  test('a look that did not end', () => {
    expect(judged(undefined)).toMatchObject({
      outcome: 'FAIL',
      evidence: expect.stringContaining('in tempo'),
    });
  });
});

const slow = (aheadSeconds: number): Seen => ({ ...good, ...http({ aheadSeconds }) });

describe('whose clock is wrong', () => {
  test('the one of the desk, when most suppliers say so: also where certificates seem to have expired', () => {
    const ahead = deskAheadSeconds({ lines: [], seen: [slow(7200), slow(7205), slow(0)], applications: [] });
    expect(ahead).toBe(7200);
    for (const seen of [slow(7200), { ...slow(7200), ...tls('expired') }]) {
      const { outcome, evidence } = judged(seen, {}, ahead);
      expect(outcome).toBe('FAIL');
      expect(evidence).toMatch(/orologio della postazione è avanti di 2 h 00 min .* \/ .*fast/);
    }
    expect(judged(slow(-900), {}, -900).evidence).toContain('indietro di 15 min');
  });

  test("a single supplier's is told and fails nothing", () => {
    const { outcome, evidence } = judged(slow(3600), {}, 0);
    expect(outcome).toBe('PASS');
    expect(evidence).toContain("L'orologio del fornitore, e solo il suo, differisce di 60 min");
  });

  test('one answer alone does not say whose', () => {
    expect(deskAheadSeconds({ lines: [], seen: [slow(7200)], applications: [] })).toBeUndefined();
    expect(
      judgeEndpoint({ ...slow(7200), ...tls('expired') }, expected, {
        resolver: '',
        deskAhead: undefined,
        nowUtc: NOW,
      }).evidence,
    ).toContain('da uno solo non si sa quale sbaglia');
  });

  test('what Kerberos bears is borne', () => {
    expect(judged(slow(299), {}, 299).outcome).toBe('PASS');
  });
});

const state = (ready: boolean | null, reason = '', resolver: string | null = null): DeskLook => ({
  lines: [{ line: 'primary', ready, reason, resolver }],
  seen: [],
  applications: [],
});

describe('a line', () => {
  test('without its router, beyond it, and where nothing could be tried', () => {
    expect(judgeLine(state(false), line)).toMatchObject({
      outcome: 'FAIL',
      evidence: expect.stringContaining('il router 10.55.2.2 non risponde'),
    });
    const silent: Seen = { ...good, ...dns('timeout') };
    expect(judgeLine({ ...state(true), seen: [silent, silent] }, line)?.evidence).toContain(
      'oltre il router',
    );
    expect(judgeLine({ ...state(true), seen: [silent, good] }, line)).toBeUndefined();
    const refused = { ...state(true, '', 'refused'), seen: [silent, silent] };
    expect(judgeLine(refused, line)?.evidence).toContain('Linea senza DNS: porta fino a 192.0.2.53');
    expect(judgeLine(state(null, 'Operation not permitted'), line)).toMatchObject({
      outcome: 'NOT VERIFIABLE',
      evidence: expect.stringContaining('Operation not permitted'),
    });
    expect(judgeLine({ lines: [], seen: [], applications: [] }, line)?.outcome).toBe('NOT VERIFIABLE');
  });
});

test.for([
  [['PASS', 'FAIL'], 'PASS'],
  [['PASS', 'NOT VERIFIABLE'], 'PASS'],
  [['FAIL', 'FAIL'], 'FAIL'],
  [['FAIL', 'NOT VERIFIABLE'], 'NOT VERIFIABLE'],
  [['NOT VERIFIABLE'], 'NOT VERIFIABLE'],
  [[], 'NOT VERIFIABLE'],
] as const)('through lines that say %j a service is %s', ([outcomes, outcome]) => {
  expect(overLines(outcomes.map((one) => ({ outcome: one })))).toBe(outcome);
});

const inventory = await requireInventory();
const result = (change: Partial<ProbeResult>): ProbeResult => ({
  desk: 'vi-desk1',
  line: 'primary',
  endpoint: 'telemaco',
  serviceClass: 'registro-imprese',
  outcome: 'PASS',
  evidence: '',
  ...change,
});

describe('a service class', () => {
  test('what several desks see is said once, with who and through which line', () => {
    const bad = { outcome: 'FAIL', evidence: 'scaduto / expired' } as const;
    const results = ['vi-desk1', 'vi-desk2'].flatMap((desk) =>
      ['primary', 'backup'].map((id) => result({ desk, line: id, ...bad })),
    );
    expect(judgeClass(inventory, results, [])).toEqual({
      outcome: 'FAIL',
      evidence:
        'telemaco.infocamere.it ← vi-desk1, vi-desk2; Linea primaria / Primary line, Linea di backup / Backup line: scaduto / expired',
    });
  });

  test('one desk that sees nothing fails the class, whatever the others see', () => {
    const results = [result({}), result({ desk: 'vi-desk2', outcome: 'FAIL', evidence: 'no' })];
    expect(judgeClass(inventory, results, []).outcome).toBe('FAIL');
  });
});

const logon = (desk: string): Check => ({
  id: `desk.logon.${desk}`,
  titleIt: 'Accesso',
  titleEn: 'Log-on',
  outcome: 'PASS',
  evidence: '',
  durationMs: 0,
});

describe('a desk', () => {
  const sound = {
    inactive: [],
    printer: 'idle',
    printerUri: '',
    shortcuts: [],
    trust: '',
    printerReady: true,
  };
  const app = (outcome: Check['outcome']): Check => ({
    ...logon(''),
    id: 'app.certificati-origine.log-on',
    titleIt: "Accesso all'applicazione",
    outcome,
  });
  const desks = inventory.desks.map(({ id }) => id);
  const checks = [...desks.map(logon), app('PASS')];
  const look = (change: Partial<ServicesLook> = {}): ServicesLook => ({
    probes: desks.flatMap((desk) =>
      inventory.lines.flatMap(({ id }) =>
        inventory.endpoints.map((endpoint) =>
          result({ desk, line: id, endpoint: endpoint.id, serviceClass: endpoint.serviceClass }),
        ),
      ),
    ),
    deadLines: [],
    desks: desks.map((desk) => ({ desk, services: sound, applications: [] })),
    durationMs: 1,
    ...change,
  });
  const opening = (seen: ServicesLook, with_: readonly Check[] = checks): (boolean | null)[] =>
    readinessOf(inventory, 'viareggio', seen, with_).map(({ canOpen }) => canOpen);

  test('all can open when nothing is missing', () => {
    expect(opening(look())).toEqual([true, true, true, true]);
    const ready = readinessOf(inventory, 'viareggio', look(), checks);
    expect(readinessChecks(ready, 1).map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(
      desks.map((desk) => `readiness.${desk} PASS`),
    );
  });

  test('a supplier that fails shuts only the desks that need it, with the reason', () => {
    const seen = look();
    const probes = seen.probes.map((one) =>
      one.endpoint === 'carte' ? { ...one, outcome: 'FAIL' as const, evidence: 'scaduto / expired' } : one,
    );
    expect(opening({ ...seen, probes })).toEqual([true, true, true, false]);
    const reasons = readinessOf(inventory, 'viareggio', { ...seen, probes }, checks)[3];
    expect(reasons?.reasonsIt).toEqual(['Carte tachigrafiche e CNS: scaduto']);
    expect(reasons?.reasonsEn).toEqual(['Carte tachigrafiche e CNS: expired']);
  });

  test('a certified service (CNS) counts by its own endpoint, and without one it is not known', () => {
    const [carte] = inventory.endpoints.filter(({ id }) => id === 'carte');
    if (carte === undefined) throw new Error('no endpoint of the cards');
    const { certifiedServices, ...cards } = carte;
    expect(certifiedServices).toEqual(['cns']);
    const cns = { ...carte, id: 'cns', name: 'CNS', serviceClass: 'protesti' };
    const others = inventory.endpoints.filter(({ id }) => id !== 'carte');
    const fourth = (endpoints: Inventory['endpoints'], outcome: Check['outcome']) => {
      const probes = [
        ...look().probes,
        ...desks.map((desk) => result({ desk, endpoint: 'cns', serviceClass: 'protesti', outcome })),
      ];
      return readinessOf({ ...inventory, endpoints }, 'viareggio', look({ probes }), checks)[3];
    };
    expect(fourth([...others, cards, cns], 'PASS')?.canOpen).toBe(true);
    expect(fourth([...others, cards, cns], 'FAIL')).toMatchObject({ canOpen: false, reasonsIt: ['CNS: '] });
    expect(fourth([...others, cards], 'PASS')).toMatchObject({
      canOpen: null,
      reasonsIt: [expect.stringMatching(/^Certificati di autenticazione CNS: nessun punto di accesso/)],
      reasonsEn: [expect.stringMatching(/^CNS authentication certificates: no endpoint/)],
    });
  });

  test('what each one needs of its own', () => {
    const without = (change: Partial<typeof sound>): ServicesLook => ({
      ...look(),
      desks: desks.map((desk) => ({ desk, services: { ...sound, ...change }, applications: [] })),
    });
    expect(opening(without({ inactive: ['pcscd.socket'] as never[] }))).toEqual([true, true, true, false]);
    expect(opening(without({ printerReady: false }))).toEqual([false, true, false, false]);
    expect(opening(look(), [...desks.map(logon), app('FAIL')])).toEqual([true, true, false, true]);
    expect(opening(look(), [app('PASS')])).toEqual([null, null, null, null]);
    expect(
      opening(look({ desks: desks.map((desk) => ({ desk, services: undefined, applications: [] })) })),
    ).toEqual([null, true, null, null]);
  });

  test('an application that was not verified is judged by what the desk reached', () => {
    const logons = desks.map(logon);
    const reached = (status: number | null, error: string | null): ServicesLook => ({
      ...look(),
      desks: desks.map((desk) => ({
        desk,
        services: sound,
        applications: [
          {
            application: 'certificati-origine',
            tcp: { address: '10.55.2.30', error },
            http:
              error === null
                ? { status, contains: true, location: null, aheadSeconds: 0, error: null }
                : null,
          },
        ],
      })),
    });
    const wanted = inventory.applications.find(({ id }) => id === 'certificati-origine')?.health.status ?? 0;
    expect(opening(reached(wanted, null), logons)).toEqual([true, true, true, true]);
    expect(opening(reached(500, null), logons)).toEqual([true, true, false, true]);
    expect(opening(reached(null, 'refused'), logons)).toEqual([true, true, false, true]);
    expect(opening(look(), logons)).toEqual([true, true, null, true]);
  });
});

test('a desk that could not use a line says so for each endpoint', () => {
  const look: DeskLook = {
    lines: [{ line: 'primary', ready: null, reason: 'Operation not permitted', resolver: null }],
    seen: [],
    applications: [],
  };
  const lines = inventory.lines.filter(({ id }) => id === 'primary');
  const { probes, deadLines } = judgeLook(inventory.endpoints, 'vi-desk1', lines, look);
  expect(probes).toHaveLength(inventory.endpoints.length);
  expect(new Set(probes.map(({ outcome }) => outcome))).toEqual(new Set(['NOT VERIFIABLE']));
  expect(deadLines).toHaveLength(1);
});
