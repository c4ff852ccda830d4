/** Who is told what of the daily verification, by a real mail server and a real program: changes, silence, the sign of life. */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { appendVerification } from '../cassette/history.ts';
import { overviewOf } from '../cassette/overview.ts';
import { newsOf, type Told } from '../cassette/watch.ts';
import type { CheckOutcome } from '../core/check.ts';
import type { Notifications } from '../inventory/notifications-schema.ts';
import { type WatchOutcome, type WatchRequest, watchVerifications } from '../scripts/watch-verifications.ts';
import { freePort, parseMail, settingsFor, smtpServer, temporaryFolder } from './mail-fixtures.ts';
import { verification } from './verification-fixtures.ts';

const HOUR_MS = 3_600_000;
const PASS: CheckOutcome[] = ['PASS', 'PASS', 'PASS', 'PASS'];

let custodyFolder: string;
let directory: string;
beforeEach(() => {
  custodyFolder = temporaryFolder();
  directory = temporaryFolder();
});

async function verified(id: string, outcomes: readonly CheckOutcome[], hoursAgo = 0): Promise<void> {
  const startedAtUtc = new Date(Date.now() - hoursAgo * HOUR_MS - 10_000).toISOString();
  await appendVerification(
    custodyFolder,
    verification({ id, startedAtUtc, outcomes, evidence: `visto in ${id}` }),
  );
}

function request(ways: Pick<Notifications, 'smtp' | 'hook' | 'heartbeat'>): WatchRequest {
  const lists = {
    committee: [],
    'council-and-board': [],
    staff: [],
    suppliers: [],
    viareggio: [],
    press: [],
  };
  return {
    site: 'viareggio',
    custodyFolder,
    directory,
    silenceMs: 30 * HOUR_MS,
    notifications: {
      notifications: { ...ways, lists: { ...lists, 'it-office': ['informatica@camera.test'] } },
      findings: [],
    },
  };
}

describe('letters', () => {
  test('the first outcome, each change and the way back are told once; the same outcome is not', async () => {
    const { port, received } = await smtpServer();
    const days: [string, readonly CheckOutcome[]][] = [
      ['v1', PASS],
      ['v2', PASS],
      ['v3', ['PASS', 'FAIL']],
      ['v4', ['PASS', 'FAIL']],
      ['v5', ['PASS', 'PASS', 'FAIL']],
      ['v6', ['NOT VERIFIABLE']],
      ['v7', PASS],
    ];
    const kinds: string[] = [];
    for (const [id, outcomes] of days) {
      await verified(id, outcomes);
      kinds.push((await watchVerifications(request({ smtp: settingsFor(port) }))).news);
      expect(await watchVerifications(request({ smtp: settingsFor(port) }))).toMatchObject({
        news: 'nothing',
        letter: null,
      });
    }
    expect(kinds).toEqual(['change', 'nothing', 'change', 'nothing', 'change', 'change', 'change']);
    const mails = received.map(({ raw }) => parseMail(raw));
    expect(mails.map(({ headers }) => headers['subject'])).toEqual([
      'Cassetta a Viareggio: verifica superata',
      'Cassetta a Viareggio: verifica NON SUPERATA (età)',
      'Cassetta a Viareggio: verifica NON SUPERATA (struttura)',
      'Cassetta a Viareggio: verifica NON VERIFICABILE (presenza)',
      'Cassetta a Viareggio: verifica superata',
    ]);
    expect(received[0]?.to).toEqual(['informatica@camera.test']);
    const [italian, english] = String(mails[1]?.text).split('\n---\n');
    expect(italian).toContain('Guardata: visto in v3');
    expect(italian).toContain('systemctl start lucca-dr-verify');
    expect(english).toContain('Looked at: visto in v3');
    expect(english).toContain('A restore from this cassette may fail today.');
  });

  test('silence is told once, and that verifications come again', async () => {
    const { port, received } = await smtpServer();
    const ways = { smtp: settingsFor(port) };
    await verified('v1', PASS, 29);
    expect((await watchVerifications(request(ways))).news).toBe('change');
    const later = { ...request(ways), silenceMs: 20 * HOUR_MS };
    expect((await watchVerifications(later)).news).toBe('silence');
    expect((await watchVerifications(later)).news).toBe('nothing');
    await verified('v2', PASS);
    expect((await watchVerifications(later)).news).toBe('change');
    const [, silent, again] = received.map(({ raw }) => parseMail(raw));
    expect(silent?.headers['subject']).toBe('Cassetta a Viareggio: le verifiche tacciono da 29 h 00 min');
    expect(silent?.text).toContain('journalctl -u lucca-dr-verify');
    expect(again?.text).toContain('Le verifiche sono riprese.');
    expect(again?.text).toContain('Verifications have come again.');
  });

  test('what the mail server did not take is sent the next time', async () => {
    await verified('v1', ['FAIL']);
    const failed = await watchVerifications(request({ smtp: settingsFor(await freePort()) }));
    expect(failed).toMatchObject({
      news: 'change',
      letter: { outcome: 'failed', code: 'MAIL_CONNECTION_REFUSED' },
    });
    const { port, received } = await smtpServer();
    expect(await watchVerifications(request({ smtp: settingsFor(port) }))).toMatchObject({
      letter: { outcome: 'sent' },
    });
    expect(received).toHaveLength(1);
  });

  test('nobody to tell is a failure each time, not a thing told', async () => {
    await verified('v1', ['FAIL']);
    for (let time = 0; time < 2; time += 1)
      expect(await watchVerifications(request({}))).toMatchObject({
        letter: { outcome: 'failed', code: 'NOTIFICATIONS_MISSING' },
      });
  });

  test('a record of what was told that does not read is begun anew', async () => {
    const { port, received } = await smtpServer();
    await verified('v1', PASS);
    writeFileSync(join(directory, 'told.json'), '{"verdict":');
    expect((await watchVerifications(request({ smtp: settingsFor(port) }))).letter).toMatchObject({
      outcome: 'sent',
    });
    expect(received).toHaveLength(1);
  });
});

describe('silence without a first verification', () => {
  const told: Told = { sinceUtc: '2026-11-23T06:00:00.000Z', verdict: null, silence: false, heartbeat: null };
  const none = overviewOf('viareggio', []);
  test('counts from when the watch began', () => {
    expect(newsOf(none, told, 30 * HOUR_MS, '2026-11-24T11:00:00.000Z')).toEqual({ kind: 'nothing' });
    expect(newsOf(none, told, 30 * HOUR_MS, '2026-11-24T12:01:00.000Z')).toEqual({
      kind: 'silence',
      lastEndedAtUtc: null,
      silentMs: 30 * HOUR_MS + 60_000,
    });
  });
});

describe('the sign of life', () => {
  test('one for each verification that ended, whatever its outcome, also when mail fails', async () => {
    const { heartbeat, calls } = watcher();
    const smtp = settingsFor(await freePort());
    expect(await watching({ smtp, heartbeat })).toBeNull();
    await verified('v1', ['FAIL']);
    expect(await watching({ smtp, heartbeat })).toEqual({ outcome: 'sent' });
    expect(await watching({ smtp, heartbeat })).toBeNull();
    expect(calls()).toEqual([
      { verificationId: 'v1', site: 'viareggio', outcome: 'FAIL', endedAtUtc: expect.any(String) },
    ]);
  });

  test('one that failed is given again', async () => {
    await verified('v1', PASS);
    const { port } = await smtpServer();
    const smtp = settingsFor(port);
    expect(await watching({ smtp, heartbeat: watcher('exit 7').heartbeat })).toMatchObject({
      outcome: 'failed',
      code: 'HOOK_FAILED',
    });
    expect(await watching({ smtp, heartbeat: watcher().heartbeat })).toEqual({ outcome: 'sent' });
  });
});

async function watching(ways: Parameters<typeof request>[0]): Promise<WatchOutcome['heartbeat']> {
  return (await watchVerifications(request(ways))).heartbeat;
}

/** A program that keeps what it reads, one file a call, and ends as `script` says. */
function watcher(script = 'exit 0'): {
  heartbeat: NonNullable<Notifications['heartbeat']>;
  calls: () => unknown[];
} {
  const folder = temporaryFolder();
  const program = join(folder, 'beat.sh');
  writeFileSync(program, `#!/bin/sh\ncat >"$(mktemp ${folder}/call.XXXXXX)"\n${script}\n`);
  chmodSync(program, 0o755);
  const names = (): string[] => readdirSync(folder).filter((name) => name.startsWith('call.'));
  return {
    heartbeat: { program, args: [], timeoutSeconds: 30 },
    calls: () => names().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown),
  };
}
