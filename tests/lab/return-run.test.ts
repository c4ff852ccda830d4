/**
 * `dr return` as it is typed: verbs by hand, then the whole return as a run, killed with -9 while Lucca is being restored and gone on
 * with. What was written at Viareggio is at Lucca afterwards, and Viareggio stands by.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linesOf, lostLines, repeatedMilestones, repeatedSteps } from '../../bench/chaos/evidence-checks.ts';
import { knownRun, watchedRun } from '../../cli/runs.ts';
import { readReport } from '../../report/write.ts';
import { type EvidenceRecord, readEvidence } from '../../runbooks/evidence/evidence.ts';
import { SiteStack } from '../../stacks/engine.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { on, removeEverything, stateFolder, until } from './lab-harness.ts';
import { as, samba, secretOf, smb } from './office-work.ts';
import { answerAll } from './one-person.ts';

const LAB = 'return-run';
const NEW_PASSWORD = 'Viareggio-2026!';
const label = golden.label;
const reports = join(stateFolder, 'reports');
const share = '/srv/shares/registro-imprese';
const dr = resolve(import.meta.dirname, '../../bin/dr');
let site: Viareggio;

beforeAll(async () => {
  site = await viareggio(LAB, ['vi-dc1', 'vi-fs1', 'vi-ws1', 'lu-ws1']);
  await site.lab.plugCassette(label, 'vi-fs1');
  const from = { label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' };
  await (await SiteStack.open('viareggio', { role: 'active', from }, site.place)).up();
  await site.lab.startHosts(['lu-dc1', 'lu-fs1', 'lu-ws1']);
  await site.lab.setWan({ up: true });
});
afterAll(removeEverything);

type Ended = { status: string; stdout: string; stderr: string };

/** Runs `dr`; `onLine` sees each line that it prints and may kill it. */
async function type(
  args: readonly string[],
  onLine: (line: string, pid: number) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(dr, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  for await (const line of createInterface({ input: child.stdout })) {
    stdout += `${line}\n`;
    onLine(line, Number(child.pid));
  }
  await exited;
  return { status: String(child.signalCode ?? child.exitCode), stdout, stderr };
}

const here = (): string[] => ['--lab', LAB, '--inventory', join(stateFolder, 'inventory', LAB)];
const write = async (name: string): Promise<void> => {
  const put = `printf 'scritto a Viareggio' > /run/new; ${smb('vi-fs1', `put /run/new "${name}"`)}`;
  await as(site, 'vi-fs1', 'registro.imprese1', secretOf(site, 'test-account'), put);
};

test('verbs typed by hand: a copy is taken, and Lucca does not come back while Viareggio serves', async () => {
  await write('Scritto a Viareggio - è qui.txt');
  await samba(site, 'vi-dc1', 'user create assunta.viareggio', NEW_PASSWORD);
  const copy = await type(['return', 'backup', ...here(), '--label', label]);
  expect(copy).toMatchObject({ status: '0', stdout: expect.stringMatching(/"snapshotId":"[0-9a-f]{64}"/) });

  const refused = await type(['return', 'restore', ...here(), '--label', label]);
  expect(refused).toMatchObject({ status: '2', stdout: '' });
  expect(refused.stderr).toMatch(
    /L'altra sede risponde ancora.*vi-dc1.*"dr return stop".*\[OTHER_SITE_ALIVE\]/s,
  );
  expect(await on(site.lab, 'lu-dc1', 'ls /var/lib/samba')).not.toContain('restored');
  // Written after the copy: only the one that is taken after the stop can hold it.
  await write('Scritto dopo la copia.txt');
});

test('the return as a run, killed while Lucca is restored, ends with Lucca at work and Viareggio in standby', async () => {
  const killed = type(['return', ...here(), '--reports', reports, '--json'], (line, pid) => {
    const { event } = JSON.parse(line) as EvidenceRecord;
    if (event.type === 'step-started' && event.step === 'lucca-domain-restore-domain')
      process.kill(pid, 'SIGKILL');
  });
  const run = await until('the run to begin', async () => await knownRun(undefined).catch(() => undefined));
  const source = await until('its first step', async () => await watchedRun(run).catch(() => undefined));
  const path = join(reports, run.runId, 'evidence.jsonl');
  const resumed = killed.then(async ({ status }) => {
    expect(status).toBe('SIGKILL');
    const before = linesOf(path);
    const ended = await type(['resume', '--json']);
    return { before, ended };
  });

  const acts: Record<string, () => Promise<void>> = {
    'return-travel': async () => {
      await site.lab.unplugCassette(label);
      await site.lab.plugCassette(label, 'lu-fs1');
    },
    'return-check': expectWorkAtLucca,
  };
  const asked = await answerAll(run, source, {
    letter: 'return-committee',
    act: async (step) => await acts[step]?.(),
  });
  source[Symbol.dispose]();
  const { before, ended } = await resumed;

  const report = readReport(join(reports, run.runId, 'report.json'));
  const wrong = report?.checks.filter(({ outcome }) => outcome !== 'PASS');
  expect([wrong, report?.verdict.reasons, ended.stderr, ended.status]).toEqual([
    [],
    [],
    expect.stringMatching(/^Pagina/),
    '0',
  ]);
  const records = readEvidence(path);
  expect(lostLines(before, linesOf(path))).toEqual([]);
  expect([...repeatedSteps(records), ...repeatedMilestones(records)]).toEqual([]);

  // Every step of the return, none left out, and those that people took were asked for in their order.
  const steps = report?.steps.filter(({ step }) => step.startsWith('return-')) ?? [];
  expect(steps.map(({ step, outcome }) => [step, outcome])).toEqual([
    ...['decision', 'site', 'servers', 'cassette', 'backup', 'pause', 'prepare'].map((name) => [
      `return-${name}`,
      'done',
    ]),
    ...['travel', 'snapshot', 'restore', 'check', 'standby'].map((name) => [`return-${name}`, 'done']),
    ['return-committee', 'skipped'],
    ['return-public', 'done'],
  ]);
  expect(
    report?.steps.find(({ step }) => step === 'return-restore')?.attempts.map(({ outcome }) => outcome),
  ).toEqual(['interrupted', 'done']);
  expect(asked.map(({ step }) => step)).not.toContain('return-restore');

  // Its own clock, and no verdict of the plan on it.
  expect(report).toMatchObject({ kind: 'return', scenario: null, rto: null, rpo: null });
  const { outage } = report ?? {};
  expect(outage?.actualMs).toBeGreaterThan(0);
  expect(outage?.wholeMs).toBeGreaterThan(outage?.actualMs ?? Number.POSITIVE_INFINITY);
  expect(report?.milestones.map(({ name }) => name)).toEqual([
    'service-stopped',
    'cassette-in-hand',
    'restore-started',
    'service-verified',
    'accepted',
  ]);
  const html = readFileSync(join(reports, run.runId, 'report.html'), 'utf8');
  expect(html).toContain('Il piano non fissa un tempo per il rientro');
  expect(html).not.toMatch(/RTO|RPO/);

  await expectWorkAtLucca();
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).not.toContain('shares');
  expect(await on(site.lab, 'vi-dc1', 'pgrep --list-name "^(samba|smbd|winbindd)$" || true')).toBe('');
});

async function expectWorkAtLucca(): Promise<void> {
  for (const name of ['Scritto a Viareggio - è qui.txt', 'Scritto dopo la copia.txt'])
    expect(await on(site.lab, 'lu-fs1', `cat '${share}/${name}'`)).toBe('scritto a Viareggio');
  expect(await as(site, 'lu-fs1', 'assunta.viareggio', NEW_PASSWORD, 'klist | grep -c assunta')).toBe('1');
}
