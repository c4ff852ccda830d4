/** Mail by SMTP against real servers on loopback: what arrives, and what is said when it does not. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composeMail, type MailSettings, messageIdFor, type Recipient, sendMail } from '../platforms/mail.ts';
import {
  freePort,
  parseMail,
  rawServer,
  secretsWith,
  selfSigned,
  settingsFor,
  smtpServer,
  temporaryFolder,
} from './mail-fixtures.ts';

const messageId = messageIdFor('r1', '6.1.4', 1, 'continuita@camera.test');
const two: Recipient[] = [
  { list: 'committee', address: 'uno@camera.test' },
  { list: 'staff', address: 'due@camera.test' },
];
const text = 'È già così: perché?\n\n- orario: lunedì 9.00\n.\n..fine\n';

async function sending(
  settings: MailSettings,
  recipients = two,
): Promise<Awaited<ReturnType<typeof sendMail>>> {
  const raw = await composeMail({
    messageId,
    from: settings.from,
    fromName: 'Camera di Commercio',
    to: ['Comitato di Crisi', 'Personale camerale'],
    subject:
      "Chiusura dell'emergenza: più tardi, a Viareggio, in località Rèpaci, perché così è stato deciso",
    text,
  });
  return await sendMail(settings, { raw, messageId, recipients });
}

describe('what arrives', () => {
  test('accents, several recipients, lists instead of addresses in the header', async () => {
    const { port, received } = await smtpServer();
    expect(await sending(settingsFor(port))).toEqual({ outcome: 'sent', accepted: [0, 1], messageId });
    expect(received).toHaveLength(1);
    const [mail] = received;
    expect(mail).toMatchObject({
      from: 'continuita@camera.test',
      to: ['uno@camera.test', 'due@camera.test'],
    });
    const { headers, text: body } = parseMail(mail?.raw ?? '');
    expect(headers['subject']).toContain('in località Rèpaci, perché così è stato deciso');
    expect(headers['to']).toBe('Comitato di Crisi:;, Personale camerale:;');
    expect(headers['message-id']).toBe(messageId);
    expect(headers['from']).toContain('<continuita@camera.test>');
    expect(body.trimEnd()).toBe(text.trimEnd());
    expect(mail?.raw).not.toContain('uno@camera.test');
  });

  test('the Message-ID is that of run, step and attempt', () => {
    const from = 'continuita@camera.test';
    expect(messageIdFor('r1', '6.1.4', 1, from)).toBe(messageId);
    const others = [
      messageIdFor('r2', '6.1.4', 1, from),
      messageIdFor('r1', '6.1.3', 1, from),
      messageIdFor('r1', '6.1.4', 2, from),
    ];
    expect(new Set([messageId, ...others]).size).toBe(4);
    expect(messageId).toMatch(/^<dr-[0-9a-f]{32}@camera\.test>$/);
  });

  test('with a user and a certificate that is named', async () => {
    const { caFile, key, cert } = await selfSigned(temporaryFolder());
    const { port, received } = await smtpServer(withUsers(key, cert));
    const settings = settingsFor(port, { security: 'starttls', caFile, user: 'continuita' });
    const secrets = secretsWith('giusta');
    expect(await sending({ ...settings, secrets })).toMatchObject({ outcome: 'sent' });
    expect(received).toHaveLength(1);
  });

  test('TLS from the first byte', async () => {
    const { caFile, key, cert } = await selfSigned(temporaryFolder());
    const { port } = await smtpServer({ secure: true, key, cert });
    expect(await sending(settingsFor(port, { security: 'tls', caFile }))).toMatchObject({ outcome: 'sent' });
  });
});

describe('recipients refused', () => {
  test('one: it leaves for the others, and the list is named, not the address', async () => {
    const { port, received } = await smtpServer();
    const recipients: Recipient[] = [...two, { list: 'staff', address: 'nonesiste@camera.test' }];
    const delivery = await sending(settingsFor(port), recipients);
    expect(delivery).toMatchObject({ outcome: 'failed', code: 'MAIL_PARTLY_REFUSED', accepted: [0, 1] });
    expect(received[0]?.to).toEqual(['uno@camera.test', 'due@camera.test']);
    expect(JSON.stringify(delivery)).toContain('1 di 2 in \\"Personale camerale\\" (staff)');
    expect(JSON.stringify(delivery)).not.toMatch(/@|nonesiste/);
  });

  test('all: nothing leaves', async () => {
    const { port, received } = await smtpServer();
    const delivery = await sending(settingsFor(port), [{ list: 'press', address: 'nonesiste@camera.test' }]);
    expect(delivery).toMatchObject({ outcome: 'failed', code: 'MAIL_RECIPIENTS_REFUSED', accepted: [] });
    expect(delivery).toMatchObject({ message: expect.stringContaining('(550 5.1.1)') });
    expect(JSON.stringify(delivery)).not.toMatch(/@|nonesiste/);
    expect(received).toEqual([]);
  });
});

describe('failures are values, in words', () => {
  const cases: { name: string; code: string; settings: () => Promise<MailSettings> }[] = [
    {
      name: 'nobody listens',
      code: 'MAIL_CONNECTION_REFUSED',
      settings: async () => settingsFor(await freePort()),
    },
    {
      name: 'a server that never says a word',
      code: 'MAIL_TIMEOUT',
      settings: async () => settingsFor(await rawServer(() => undefined), { timeoutSeconds: 0.3 }),
    },
    {
      name: 'a server that falls silent after the text',
      code: 'MAIL_TIMEOUT',
      settings: async () => settingsFor(await scripted(() => undefined), { timeoutSeconds: 0.5 }),
    },
    {
      name: 'a server that dribbles for ever',
      code: 'MAIL_TIMEOUT',
      settings: async () => settingsFor(await rawServer(dribble), { timeoutSeconds: 0.5 }),
    },
    {
      name: 'the connection is cut in the middle of the text',
      code: 'MAIL_CONNECTION_LOST',
      settings: async () => settingsFor(await scripted((socket) => socket.resetAndDestroy())),
    },
    {
      name: 'the connection ends before the greeting',
      code: 'MAIL_CONNECTION_LOST',
      settings: async () => settingsFor(await rawServer((socket) => socket.end())),
    },
    {
      name: 'a server that is too busy',
      code: 'MAIL_TURNED_AWAY',
      settings: async () => settingsFor(await rawServer((socket) => socket.end('421 4.3.2 too busy\r\n'))),
    },
    {
      name: 'something else listens there',
      code: 'MAIL_NO_MAIL_SERVER',
      settings: async () => settingsFor(await rawServer((socket) => socket.write('HTTP/1.1 400 Bad\r\n'))),
    },
    {
      name: 'a certificate that signed itself',
      code: 'MAIL_CERTIFICATE',
      settings: async () => {
        const { key, cert } = await selfSigned(temporaryFolder());
        const { port } = await smtpServer({ disabledCommands: ['AUTH'], key, cert });
        return settingsFor(port, { security: 'starttls' });
      },
    },
    {
      name: 'a certificate of another name',
      code: 'MAIL_CERTIFICATE',
      settings: async () => {
        const { caFile, key, cert } = await selfSigned(temporaryFolder());
        const { port } = await smtpServer({ secure: true, key, cert });
        return settingsFor(port, { security: 'tls', caFile, serverName: 'altro.camera.test' });
      },
    },
    {
      name: 'no STARTTLS where it is required',
      code: 'MAIL_TLS',
      settings: async () => settingsFor((await smtpServer()).port, { security: 'starttls' }),
    },
    {
      name: 'TLS against a port without it',
      code: 'MAIL_TLS',
      settings: async () => settingsFor((await smtpServer()).port, { security: 'tls' }),
    },
    {
      name: 'a wrong password',
      code: 'MAIL_AUTHENTICATION',
      settings: async () => {
        const { caFile, key, cert } = await selfSigned(temporaryFolder());
        const { port } = await smtpServer(withUsers(key, cert));
        const settings = settingsFor(port, { security: 'starttls', caFile, user: 'continuita' });
        return { ...settings, secrets: secretsWith('sbagliata') };
      },
    },
    {
      name: 'a server that offers no log-on',
      code: 'MAIL_AUTHENTICATION',
      settings: async () => {
        const { caFile, key, cert } = await selfSigned(temporaryFolder());
        const { port } = await smtpServer({ key, cert, disabledCommands: ['AUTH'] });
        const settings = settingsFor(port, { security: 'starttls', caFile, user: 'continuita' });
        return { ...settings, secrets: secretsWith('giusta') };
      },
    },
    {
      name: 'no user where the server wants one',
      code: 'MAIL_AUTHENTICATION',
      settings: async () => {
        const { caFile, key, cert } = await selfSigned(temporaryFolder());
        const { port } = await smtpServer(withUsers(key, cert));
        return settingsFor(port, { security: 'starttls', caFile });
      },
    },
    {
      name: 'no password',
      code: 'SECRET_MISSING',
      settings: async () => ({
        ...settingsFor(await freePort(), { security: 'starttls', user: 'continuita' }),
        secrets: temporaryFolder(),
      }),
    },
    {
      name: 'no file with the certificate',
      code: 'MAIL_CERTIFICATE_FILE',
      settings: async () =>
        settingsFor(await freePort(), { security: 'tls', caFile: join('/nowhere', 'ca.pem') }),
    },
    {
      name: 'a file with the certificate that holds none',
      code: 'MAIL_CERTIFICATE_FILE',
      settings: async () => settingsFor(await freePort(), { security: 'tls', caFile: import.meta.filename }),
    },
    {
      name: 'the sender is refused',
      code: 'MAIL_SENDER_REFUSED',
      settings: async () => settingsFor((await smtpServer({ onMailFrom: refuseSender })).port),
    },
    {
      name: 'the letter is refused',
      code: 'MAIL_MESSAGE_REFUSED',
      settings: async () => settingsFor((await smtpServer({ onData: refuseText })).port),
    },
  ];
  test.each(cases)('$name: $code', async ({ code, settings }) => {
    const delivery = await sending(await settings());
    expect(delivery).toMatchObject({ outcome: 'failed', code, accepted: [] });
    expect(delivery).toMatchObject({
      message: expect.stringMatching(/\S \/ \S/),
      hint: expect.stringMatching(/\S/),
    });
    expect(JSON.stringify(delivery)).not.toMatch(/@|giusta|sbagliata|undefined/);
  });
});

type SmtpOptions = NonNullable<Parameters<typeof smtpServer>[0]>;

const refuseSender: NonNullable<SmtpOptions['onMailFrom']> = ({ address }, _session, done) =>
  done(Object.assign(new Error(`<${address}> refused`), { responseCode: 553 }));

const refuseText: NonNullable<SmtpOptions['onData']> = (stream, _session, done) => {
  stream.resume();
  stream.on('end', () => done(Object.assign(new Error('spam'), { responseCode: 554 })));
};

function withUsers(key: Buffer, cert: Buffer): SmtpOptions {
  return {
    key,
    cert,
    authOptional: false,
    disabledCommands: [],
    onAuth: ({ username, password }, _session, done) =>
      username === 'continuita' && password === 'giusta'
        ? done(null, { user: username })
        : done(new Error('Invalid username or password')),
  };
}

/** Takes everything up to the text, and then does what the test wants. */
async function scripted(onText: (socket: Parameters<typeof dribble>[0]) => void): Promise<number> {
  return await rawServer((socket) => {
    socket.write('220 posta ESMTP\r\n');
    socket.on('data', (chunk: Buffer) => {
      const line = chunk.toString();
      if (line.startsWith('EHLO')) socket.write('250 posta\r\n');
      else if (/^(MAIL|RCPT)/.test(line)) socket.write('250 ok\r\n');
      else if (line.startsWith('DATA')) socket.write('354 go on\r\n');
      else onText(socket);
    });
  });
}

/** Never silent for long, and never done: only the limit for the whole sending ends it. */
function dribble(socket: ReturnType<typeof connect>): void {
  socket.write('220 posta ESMTP\r\n');
  socket.on('data', () => {
    const timer = setInterval(() => socket.write('250-still here\r\n'), 50);
    socket.once('close', () => clearInterval(timer));
  });
}
