/** Delivering a letter of a run: the draft always, sending once, never in a drill, and by the hook too. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { MailList } from '../inventory/mail-lists.ts';
import type { NotificationsOutcome } from '../inventory/notifications.ts';
import type { Notifications } from '../inventory/notifications-schema.ts';
import { deliverLetter, type LetterRequest } from '../scripts/deliver-letter.ts';
import { patiently } from './hand.ts';
import { freePort, parseMail, rawServer, settingsFor, smtpServer, temporaryFolder } from './mail-fixtures.ts';

const letter = {
  lists: ['committee'] as const,
  subject: 'Convocazione: è urgente',
  text: 'Perché così è stato deciso.\n',
};

/** Addresses for these lists, none for the others. */
function known(
  ways: Pick<Notifications, 'smtp' | 'hook'>,
  given: Partial<Record<MailList, string[]>> = { committee: ['uno@camera.test', 'due@camera.test'] },
): NotificationsOutcome {
  const none = {
    committee: [],
    'council-and-board': [],
    staff: [],
    suppliers: [],
    viareggio: [],
    press: [],
    'it-office': [],
  };
  return { notifications: { ...ways, lists: { ...none, ...given } }, findings: [] };
}

function request(notifications: NotificationsOutcome, more: Partial<LetterRequest> = {}): LetterRequest {
  return {
    letter,
    runDirectory: temporaryFolder(),
    step: '6.1.3',
    attempt: 1,
    runId: 'r1',
    mode: 'send',
    notifications,
    ...more,
  };
}

/** A hook that does what `script` says; the folder it works in. */
function hookThat(
  script: string,
  more: { timeoutSeconds?: number; args?: string[] } = {},
): {
  hook: NonNullable<Notifications['hook']>;
  folder: string;
} {
  const folder = temporaryFolder();
  const program = join(folder, 'hook.sh');
  writeFileSync(program, `#!/bin/sh\ncd "${folder}"\n${script}\n`);
  chmodSync(program, 0o755);
  return { hook: { program, args: [], timeoutSeconds: 30, ...more }, folder };
}

describe('a drill', () => {
  test('writes the draft and connects to nothing, whatever the settings', async () => {
    let connections = 0;
    const port = await rawServer(() => {
      connections += 1;
    });
    const { hook, folder } = hookThat('touch called');
    const asked = request(known({ smtp: settingsFor(port), hook }), { mode: 'write' });
    const outcome = await deliverLetter(asked);
    const draft = join(asked.runDirectory, 'letters/6.1.3.eml');
    expect(outcome).toEqual({ outcome: 'written', draft });
    // Connections are taken in the order in which they came: ours would be the second.
    createConnection({ port, host: '127.0.0.1' });
    await vi.waitFor(() => expect(connections).toBeGreaterThan(0), patiently);
    expect(connections).toBe(1);
    expect(readdirSync(folder)).toEqual(['hook.sh']);
    expect(readdirSync(join(asked.runDirectory, 'letters'))).toEqual(['6.1.3.eml']);
  });

  test('its letter is not sent, whoever asks for it', async () => {
    const { port, sessions } = await smtpServer();
    const marked = { ...letter, subject: `ESERCITAZIONE - ${letter.subject}` };
    const outcome = await deliverLetter(request(known({ smtp: settingsFor(port) }), { letter: marked }));
    expect(outcome).toMatchObject({ outcome: 'failed', code: 'LETTER_OF_DRILL' });
    expect(sessions()).toBe(0);
  });
});

describe('the draft', () => {
  test('is what leaves, byte by byte, with lists instead of addresses', async () => {
    const { port, received } = await smtpServer();
    const asked = request(known({ smtp: settingsFor(port) }));
    const { draft } = await deliverLetter(asked);
    const text = readFileSync(String(draft), 'utf8');
    expect(received.map(({ raw }) => raw)).toEqual([text]);
    expect(text).not.toMatch(/(?<!\r)\n/);
    expect(text).not.toMatch(/uno@|due@/);
    expect(parseMail(text)).toMatchObject({
      headers: { to: 'Comitato di Crisi:;', subject: letter.subject },
      text: letter.text,
    });
    expect(statSync(String(draft)).mode & 0o077).toBe(0);
  });

  test('is written where nobody filled in anything, and the failure says what to fill in', async () => {
    const outcome = await deliverLetter(request({ notifications: null, findings: [] }));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      code: 'NOTIFICATIONS_MISSING',
      hint: expect.stringContaining('inventory/local/notifications.yaml'),
    });
    expect(readFileSync(String(outcome.draft), 'utf8')).toContain('@example.invalid>');
  });

  test('is written where the list is empty, which is named', async () => {
    const { port, sessions } = await smtpServer();
    const outcome = await deliverLetter(request(known({ smtp: settingsFor(port) }, {})));
    expect(outcome).toMatchObject({ code: 'LIST_EMPTY', message: expect.stringContaining('(committee)') });
    expect(outcome.draft).not.toBeNull();
    expect(sessions()).toBe(0);
  });

  test('that cannot be written keeps the letter from leaving', async () => {
    const { port, sessions } = await smtpServer();
    const runDirectory = temporaryFolder();
    writeFileSync(join(runDirectory, 'letters'), 'a file where the folder should be');
    const outcome = await deliverLetter(request(known({ smtp: settingsFor(port) }), { runDirectory }));
    expect(outcome).toMatchObject({ outcome: 'failed', code: 'LETTER_NOT_WRITTEN', draft: null });
    expect(sessions()).toBe(0);
  });

  test.each(['../6.1.3', '', '.', 'a/b', 'a\0b'])('has no name from step %j', async (step) => {
    await expect(deliverLetter(request(known({}), { step }))).rejects.toMatchObject({ code: 'LETTER_STEP' });
  });
});

describe('sending', () => {
  test('twice sends once, and leaves the draft as it left', async () => {
    const { port, received } = await smtpServer();
    const { hook, folder } = hookThat('cat >/dev/null; echo x >>calls');
    const asked = request(known({ smtp: settingsFor(port), hook }));
    const first = await deliverLetter(asked);
    expect(first).toMatchObject({ outcome: 'sent', accepted: 2 });
    const before = readFileSync(String(first.draft), 'utf8');
    const other = { ...letter, text: 'altro\n' };
    const second = await deliverLetter({ ...asked, attempt: 2, letter: other });
    expect(second).toMatchObject({ outcome: 'unchanged', draft: first.draft, messageId: idOf(first) });
    expect(received).toHaveLength(1);
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('x\n');
    expect(readFileSync(String(first.draft), 'utf8')).toBe(before);
    expect(readFileSync(join(asked.runDirectory, 'letters/6.1.3.sent.json'), 'utf8')).not.toMatch(/uno|due/);
  });

  test('after a partial refusal goes only to those who do not have it', async () => {
    const { port, received } = await smtpServer();
    const smtp = settingsFor(port);
    const wrong = ['uno@camera.test', 'nonesiste@camera.test', 'UNO@camera.test'];
    const asked = request(known({ smtp }, { committee: wrong }));
    expect(await deliverLetter(asked)).toMatchObject({ outcome: 'failed', code: 'MAIL_PARTLY_REFUSED' });
    const corrected = known({ smtp }, { committee: ['due@camera.test', 'uno@camera.test'] });
    const again = { ...asked, attempt: 2, notifications: corrected };
    expect(await deliverLetter(again)).toMatchObject({ outcome: 'sent', accepted: 2 });
    expect(received.map(({ to }) => to)).toEqual([['uno@camera.test'], ['due@camera.test']]);
    expect(await deliverLetter(again)).toMatchObject({ outcome: 'unchanged' });
  });

  test('that failed can be repeated', async () => {
    const { port, received } = await smtpServer();
    const asked = request(known({ smtp: settingsFor(await freePort()) }));
    expect(await deliverLetter(asked)).toMatchObject({ outcome: 'failed', code: 'MAIL_CONNECTION_REFUSED' });
    expect(readdirSync(join(asked.runDirectory, 'letters'))).toEqual(['6.1.3.eml']);
    const again = { ...asked, attempt: 2, notifications: known({ smtp: settingsFor(port) }) };
    expect(await deliverLetter(again)).toMatchObject({ outcome: 'sent' });
    expect(received).toHaveLength(1);
  });

  test('stops where it cannot be read whether the letter left', async () => {
    const { port, sessions } = await smtpServer();
    const asked = request(known({ smtp: settingsFor(port) }));
    mkdirSync(join(asked.runDirectory, 'letters'));
    writeFileSync(join(asked.runDirectory, 'letters/6.1.3.sent.json'), '{"messageId":');
    expect(await deliverLetter(asked)).toMatchObject({ outcome: 'failed', code: 'LETTER_RECORD' });
    expect(sessions()).toBe(0);
  });
});

describe('the hook', () => {
  test('gets the letter as JSON, its arguments as they are, and none of the secrets', async () => {
    const script = 'cat >letter.json; printf "%s" "$1" >argument; printf "%s" "$DR_SMTP_PASSWORD" >secret';
    const { hook, folder } = hookThat(script, { args: ['$(touch x) "a b"'] });
    vi.stubEnv('DR_SMTP_PASSWORD', 'segreta');
    const outcome = await deliverLetter(request(known({ hook }, {}))).finally(() => vi.unstubAllEnvs());
    expect(outcome).toMatchObject({ outcome: 'sent', accepted: 0 });
    const [json, argument, secret] = ['letter.json', 'argument', 'secret'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    expect(JSON.parse(json ?? '')).toEqual({
      ...letter,
      messageId: idOf(outcome),
      runId: 'r1',
      step: '6.1.3',
      attempt: 1,
    });
    expect(argument).toBe('$(touch x) "a b"');
    expect(secret).toBe('');
  });

  test('that fails is a failure with its last lines, without contacts', async () => {
    const script = 'echo one; echo "no credit for +39 347 123 4567 and mario@camera.test" >&2; exit 3';
    const outcome = await deliverLetter(request(known({ hook: hookThat(script).hook }, {})));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      code: 'HOOK_FAILED',
      message: expect.stringContaining('stato 3: no credit for … and … /'),
    });
  });

  test('that hangs is stopped with all that it started', async () => {
    const { hook, folder } = hookThat('sleep 600 & echo $! >child; wait', { timeoutSeconds: 0.5 });
    const outcome = await deliverLetter(request(known({ hook }, {})));
    expect(outcome).toMatchObject({ outcome: 'failed', code: 'HOOK_TIMEOUT' });
    const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 60_000 });
  });

  test.each([
    { name: 'is not there', program: '/nowhere/send-sms' },
    { name: 'is no program', program: import.meta.filename },
  ])('that $name is a failure', async ({ program }) => {
    const hook = { program, args: [], timeoutSeconds: 30 };
    expect(await deliverLetter(request(known({ hook }, {})))).toMatchObject({ code: 'HOOK_NOT_STARTED' });
  });

  test('that reads nothing is content with that', async () => {
    const long = { ...letter, text: 'è '.repeat(500_000) };
    const outcome = await deliverLetter(
      request(known({ hook: hookThat('exit 0').hook }, {}), { letter: long }),
    );
    expect(outcome).toMatchObject({ outcome: 'sent' });
  });

  test('is called also where the list of addresses is empty', async () => {
    const { hook, folder } = hookThat('touch called');
    const ways = { smtp: settingsFor(await freePort()), hook };
    expect(await deliverLetter(request(known(ways, {})))).toMatchObject({ code: 'LIST_EMPTY' });
    expect(readdirSync(folder)).toContain('called');
  });

  test('works where mail does not; repeating tries mail only', async () => {
    const { port, received } = await smtpServer();
    const { hook, folder } = hookThat('cat >/dev/null; echo x >>calls');
    const asked = request(known({ smtp: settingsFor(await freePort()), hook }));
    expect(await deliverLetter(asked)).toMatchObject({ code: 'MAIL_CONNECTION_REFUSED' });
    const again = { ...asked, attempt: 2, notifications: known({ smtp: settingsFor(port), hook }) };
    expect(await deliverLetter(again)).toMatchObject({ outcome: 'sent', accepted: 2 });
    expect(received).toHaveLength(1);
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('x\n');
  });
});

function idOf(outcome: Awaited<ReturnType<typeof deliverLetter>>): string {
  return 'messageId' in outcome ? outcome.messageId : '';
}

/** A killed process whose parent has not asked for it yet is dead all the same. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
