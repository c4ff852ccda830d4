/** The safety interlock on real hosts: who may start a domain controller at Viareggio, and what is said when he may not. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toErrorRecord } from '../../core/errors.ts';
import { run } from '../../platforms/exec.ts';
import { proveIsolation, proveSilence } from '../../scripts/prove-silence.ts';
import { type Broken, watchIsolation } from '../../scripts/watch-isolation.ts';
import { SiteStack } from '../../stacks/engine.ts';
import type { StackSettings } from '../../stacks/settings.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { on, removeEverything, until } from './lab-harness.ts';
import { expectRefusal, runProgram, type ScriptRun } from './script-program.ts';

const from = { label: golden.label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' };
const everywhere = ['vi-dc1', 'vi-fs1', 'vi-ws1', 'laptop'];
let site: Viareggio;

beforeAll(async () => {
  site = await viareggio('interlock', ['vi-dc1', 'vi-fs1', 'vi-ws1']);
});
afterAll(removeEverything);

/** Lucca is lost, Viareggio is on. */
beforeEach(async () => {
  await site.lab.disaster('D1');
  await cables('up');
  await site.lab.startHosts(['vi-dc1', 'vi-fs1', 'vi-ws1']);
  // A host that was off has let go of its cassette.
  await site.lab.unplugCassette(golden.label);
  await site.lab.plugCassette(golden.label, 'vi-fs1');
});

const prove = async (role: string, args: Record<string, string | true> = {}): Promise<ScriptRun> =>
  await runProgram('prove-silence', { site: 'viareggio', role, ...args }, site.place.environment);

/** lu-dc1 is new hardware; the line is up. */
async function luccaIsOn(): Promise<void> {
  await site.lab.startHosts(['lu-dc1']);
  await site.lab.setWan({ up: true });
}

/** Arguments of nsenter that enter the laptop's network, which is also Viareggio's router. */
function laptop(): string[] {
  return (site.context.access.laptopCommand ?? []).slice(1);
}

async function asLaptop(...command: string[]): Promise<void> {
  await run('nsenter', [...laptop(), ...command]);
}

/** Every cable of Viareggio's machines. */
async function cables(state: 'up' | 'down'): Promise<void> {
  const ports = site.lab.hosts.filter((host) => host.site === 'viareggio').map(({ port }) => port);
  await Promise.all(ports.map(async (port) => await asLaptop('ip', 'link', 'set', port, state)));
}

/** Rules for the router: of lu-dc1 nothing is reached but this port. */
function onlyPort(port: number): string {
  return `table inet only { chain out { type filter hook postrouting priority 0;
    ip daddr 10.55.1.10 meta l4proto != { tcp, udp } drop;
    ip daddr 10.55.1.10 th dport != ${port} drop; }; }`;
}

const unexpected = (reason: string): void => expect.unreachable(reason);

async function expectNoSamba(): Promise<void> {
  expect(await on(site.lab, 'vi-dc1', 'systemctl is-active samba-ad-dc || true')).toBe('inactive');
  expect(await on(site.lab, 'vi-dc1', 'pgrep --list-name --exact samba || true')).toBe('');
  expect(await on(site.lab, 'vi-dc1', 'ss -Hltn "( sport = :53 or sport = :88 or sport = :389 )"')).toBe('');
  // Unpacked it may be already; it does not start, also not with the machine.
  expect(await on(site.lab, 'vi-dc1', 'systemctl is-enabled samba-ad-dc || true')).toBe('masked');
}

describe('who looks', () => {
  test('the line is cut: everybody looks, nobody answers, an exercise may begin', async () => {
    const { looks, silent, overridden } = await proveIsolation(site.context, 'viareggio');
    expect(looks.map(({ from: name, looked }) => [name, looked])).toEqual(
      everywhere.map((name) => [name, true]),
    );
    expect(silent).toEqual(['lu-dc1', 'lu-fs1']);
    expect(overridden).toBeNull();
  });

  test('the line is whole and Lucca is off: enough for the day, no exercise, which needs that no way leads there', async () => {
    await site.lab.setWan({ up: true });
    expect(await proveSilence(site.context, { site: 'viareggio', role: 'active' })).toMatchObject({
      silent: ['lu-dc1', 'lu-fs1'],
    });
    expectRefusal(await prove('exercise'), {
      code: 'OTHER_NETWORK_REACHABLE',
      says: /tacciono, .*router-lucca: si raggiunge.*vi-dc1, vi-fs1, vi-ws1, laptop/,
      hint: /Staccare la linea fra le sedi.* \/ /,
    });
  });

  test('one workstation is off: the real thing may begin, an exercise may not', async () => {
    await site.lab.stopHosts(['vi-ws1']);
    const { looks } = await proveSilence(site.context, { site: 'viareggio', role: 'active' });
    expect(looks.filter(({ looked }) => !looked).map((look) => look.from)).toEqual(['vi-ws1']);
    expectRefusal(await prove('exercise'), {
      code: 'LUCCA_NOT_PROVEN_SILENT',
      says: /vi-ws1: .*non risponde/,
      hint: /devono guardare tutte.* \/ /,
    });
  });

  test('cables out: a vantage point that reaches nobody is not silence', async () => {
    await cables('down');
    expectRefusal(await prove('active'), {
      code: 'LUCCA_NOT_PROVEN_SILENT',
      says: /nessuno \/ nobody.*vi-dc1: .*vi-fs1: .*vi-ws1: .*laptop: Non raggiunge un'altra macchina/s,
      hint: /almeno due.*--override-by/s,
    });
    await cables('up');
    await site.lab.stopHosts(['vi-dc1', 'vi-fs1', 'vi-ws1']);
    expect(
      await proveSilence(site.context, { site: 'viareggio', role: 'active' }).catch(toErrorRecord),
    ).toMatchObject({ code: 'LUCCA_NOT_PROVEN_SILENT' });
    await site.lab.startHosts(['vi-fs1']);
    expectRefusal(await prove('active'), {
      code: 'LUCCA_NOT_PROVEN_SILENT',
      says: /hanno potuto guardare laptop; non hanno potuto: .*vi-fs1: Non raggiunge un'altra macchina/s,
      hint: / \/ /,
    });
  });
});

describe('somebody answers', () => {
  test.each(['exercise', 'active'] as const)(
    '%s is refused, naming who, where and from where; no Samba starts',
    async (role) => {
      await luccaIsOn();
      const stack = await SiteStack.open('viareggio', { role, from }, site.place);
      const refused = await stack.up().catch(toErrorRecord);
      expect(refused).toMatchObject({
        code: 'OTHER_SITE_ALIVE',
        message: expect.stringMatching(/lu-dc1: SSH, ping, .*vi-dc1, vi-fs1, vi-ws1, laptop/),
      });
      await expectNoSamba();
      await site.lab.stopHosts(['vi-dc1']);
      await site.lab.startHosts(['vi-dc1']);
      await on(site.lab, 'vi-dc1', 'systemctl is-system-running --wait || true');
      await expectNoSamba();
      if (role === 'exercise') await stack.destroy(); // what is active is protected
    },
  );

  const listeners = [
    { service: 'ldap', port: 389, program: 'python3 -m http.server 389', answers: [{ service: 'ldap' }] },
    {
      service: 'srv',
      port: 53,
      program: `python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 53))
while True:
    q, a = s.recvfrom(512); s.sendto(q[:2] + b"\\x81\\x80\\0\\1\\0\\1\\0\\0\\0\\0" + q[12:], a)'`,
      answers: [{ service: 'dns' }, { service: 'srv' }],
    },
  ];
  test.each(listeners)('$service alone is enough', async ({ service, port, program, answers }) => {
    await luccaIsOn();
    await on(site.lab, 'lu-dc1', `systemd-run --quiet --unit=alone ${program}`);
    await on(
      site.lab,
      'lu-dc1',
      'until ss -Hlntu "( sport = :53 or sport = :389 )" | grep -q .; do sleep 0.1; done',
    );
    await run('nsenter', [...laptop(), 'nft', '-f', '-'], { stdin: 'pipe', input: onlyPort(port) });
    const refused = await proveSilence(site.context, { site: 'viareggio', role: 'active' }).catch(
      toErrorRecord,
    );
    expect(refused).toMatchObject({ code: 'OTHER_SITE_ALIVE' });
    const override = { by: 'rco', why: 'per vedere che cosa si vede', alive: true };
    const { overridden, silent } = await proveSilence(site.context, {
      site: 'viareggio',
      role: 'active',
      override,
    });
    const heard = answers.map((answer) => ({ ...answer, host: 'lu-dc1', from: everywhere }));
    expect(overridden?.seen.filter((finding) => finding.service !== 'refusal')).toEqual(
      expect.arrayContaining(heard),
    );
    expect(overridden?.seen.map((finding) => finding.service)).toContain(service);
    expect(overridden?.seen.map((finding) => finding.service)).not.toContain('ping');
    expect(silent).toEqual(['lu-fs1']);
    await asLaptop('nft', 'delete', 'table', 'inet', 'only');
  });
});

describe('a human overrides', () => {
  const by = 'segretario-generale';
  const why = "Lucca è bruciata, l'ho vista io";

  test('with role and reason it passes, and the outcome says who, why and what was seen', async () => {
    await site.lab.stopHosts(['vi-dc1', 'vi-ws1']);
    const proved = await prove('active', { 'override-by': by, 'override-why': why });
    expect(proved).toMatchObject({
      exitCode: 0,
      answer: {
        overridden: { by, why, alive: false, seen: [], couldNotLook: ['vi-dc1', 'vi-fs1', 'vi-ws1'] },
      },
      stderr: expect.stringContaining('BLOCCO SCAVALCATO'),
    });
  });

  test.each([
    { args: { 'override-by': by }, code: 'OVERRIDE_INCOMPLETE', says: /chi se ne assume/ },
    { args: { 'override-why': why }, code: 'OVERRIDE_INCOMPLETE', says: /chi se ne assume/ },
    { args: { 'override-by': by, 'override-why': 'fidatevi' }, code: 'OVERRIDE_INCOMPLETE', says: /motivo/ },
    { args: { 'override-alive': true as const }, code: 'OVERRIDE_INCOMPLETE', says: /motivo/ },
    { args: { 'override-by': 'papa', 'override-why': why }, code: 'OVERRIDE_ROLE_UNKNOWN', says: /"papa"/ },
  ])('$args is refused: $code', async ({ args, code, says }) => {
    expectRefusal(await prove('active', args), { code, says, hint: / \/ / });
  });

  test('an exercise can not be overridden', async () => {
    expectRefusal(await prove('exercise', { 'override-by': by, 'override-why': why }), {
      code: 'OVERRIDE_NOT_ALLOWED',
      says: /active/,
      hint: /senza --override-by/,
    });
  });

  test('who answers needs its own word; then the stack restores, and the watch goes on saying it', async () => {
    await luccaIsOn();
    const settings: StackSettings = { role: 'active', from, overrideBy: by, overrideWhy: why };
    const refusing = await SiteStack.open('viareggio', settings, site.place);
    expect(await refusing.up().catch(toErrorRecord)).toMatchObject({
      code: 'OTHER_SITE_ALIVE',
      hint: expect.stringContaining('--override-alive'),
    });
    await expectNoSamba();
    const stack = await SiteStack.open('viareggio', { ...settings, overrideAlive: true }, site.place);
    const said: string[] = [];
    await stack.up((event) => {
      if (event.kind === 'progress') said.push(event.text);
    });
    expect(said.join('\n')).toContain(`BLOCCO SCAVALCATO da ${by}: ${why}`);
    expect(await on(site.lab, 'vi-dc1', 'systemctl is-active samba-ad-dc')).toBe('active');

    await site.lab.disaster('D1');
    const broken: Broken[] = [];
    const watch = watchIsolation(async () => await Promise.resolve(site.context), 'viareggio', {
      everyMs: 500,
      role: 'active',
      onBroken: (one) => broken.push(one),
      onBlind: unexpected,
    });
    await luccaIsOn();
    await until('the watch to speak', () => broken.length > 0, 10_000);
    await watch.stop();
    expect(broken[0]?.error.message).toContain('lu-dc1');
  });
});

test('the line comes back in the middle of an exercise: the watch says so once, and again after a silence', async () => {
  const broken: Broken[] = [];
  const ofTheServer = (): Broken[] => broken.filter(({ error }) => error.message.includes('lu-dc1'));
  await site.lab.startHosts(['lu-dc1']);
  const watch = watchIsolation(async () => await Promise.resolve(site.context), 'viareggio', {
    everyMs: 500,
    role: 'exercise',
    onBroken: (one) => broken.push(one),
    onBlind: unexpected,
  });
  await proveIsolation(site.context, 'viareggio');
  expect(broken).toEqual([]);
  await site.lab.setWan({ up: true });
  // The way there may be seen a look before the server.
  await until('the watch to speak', () => ofTheServer().length === 1);
  expect(ofTheServer()[0]).toMatchObject({ error: { code: 'OTHER_SITE_ALIVE' } });
  await expect(proveIsolation(site.context, 'viareggio')).rejects.toMatchObject({ code: 'OTHER_SITE_ALIVE' });
  expect(ofTheServer()).toHaveLength(1);
  await site.lab.setWan({ up: false });
  // As long as three looks: one of the watch's own begins and ends in the silence.
  for (let look = 0; look < 3; look += 1) await proveIsolation(site.context, 'viareggio');
  await site.lab.setWan({ up: true });
  await until('the watch to speak again', () => ofTheServer().length === 2);
  await watch.stop();
});
