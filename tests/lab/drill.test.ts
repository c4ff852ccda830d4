/** The unattended drill as it is typed: ended by Ctrl-C, killed early and begun anew, killed in the middle of the restore and gone on with, and what it finds. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { linesOf, lostLines, repeatedSteps } from '../../bench/chaos/evidence-checks.ts';
import type { Injection } from '../../lab/inject.ts';
import { listLabs } from '../../lab/lab.ts';
import { commandLineOf, familyOf } from '../../platforms/processes.ts';
import { type Report, reportSchema } from '../../report/model.ts';
import { type EvidenceRecord, readEvidence } from '../../runbooks/evidence/evidence.ts';
import { removeEverything, stateFolder, until } from './lab-harness.ts';

afterAll(removeEverything);

const dr = resolve(import.meta.dirname, '../../bin/dr');
const reports = join(stateFolder, 'reports');
const begin = ['drill', '--unattended', '--json', '--data', '8m', '--reports', reports];
/** Every damage at once: the check that must find it, and what it must name. */
const found: Record<Injection, { check: string; evidence: RegExp }> = {
  'lost-ace': { check: 'files.acl', evidence: /^acl: registro-imprese\// },
  'changed-byte': { check: 'files.content', evidence: /registro-imprese\/.* -> / },
  'missing-share': { check: 'files.count', evidence: /missing: artigianato-export$/m },
  'stale-dns': { check: 'ad.stale-dns', evidence: /^lu-fs1\..* A / },
  'lost-row': { check: 'app.presenze.rows', evidence: /^public\./ },
  'expired-certificate': { check: 'service.registro-imprese', evidence: /scaduto il/ },
};
/** What else stops: the office's people have no share, and the desks' service no certificate. */
const consequences = [
  'access.canaries',
  'access.denied-read',
  'access.write',
  'desk.logon.vi-desk3',
  'readiness.vi-desk1',
  'readiness.vi-desk2',
  'readiness.vi-desk3',
];
const bad = ['--rto', '1s', '--inject', ...Object.keys(found)];
/** `status` is the signal's name where one ended it. */
type Ended = { status: string; stderr: string };

/** Runs `dr`; `onRecord` sees each record and may kill it. */
async function run(
  args: readonly string[],
  onRecord: (record: EvidenceRecord, pid: number) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(dr, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  for await (const line of createInterface({ input: child.stdout }))
    onRecord(JSON.parse(line) as EvidenceRecord, Number(child.pid));
  await exited;
  return { status: String(child.signalCode ?? child.exitCode), stderr };
}

/** Kills it when that step begins. */
const killAt =
  (step: string) =>
  ({ event }: EvidenceRecord, pid: number): void => {
    if (event.type === 'step-started' && event.step === step) process.kill(pid, 'SIGKILL');
  };

function latestReport(): Report {
  return reportSchema.parse(JSON.parse(readFileSync(join(reports, 'latest', 'report.json'), 'utf8')));
}

test("Ctrl-C in the middle of the engine's work takes the lab away", async () => {
  const interrupted = await run(begin, ({ event }, pid) => {
    if (event.type !== 'step-started' || event.step !== 'lucca') return;
    const engine = (): boolean => familyOf(pid).some((one) => commandLineOf(one).includes('pulumi up'));
    void until('the engine', () => engine() || undefined).then(() => process.kill(pid, 'SIGINT'));
  });
  expect(interrupted).toMatchObject({ status: '2', stderr: expect.stringContaining('Interrupted: taking') });
  expect(await listLabs()).toEqual([]);
});

test('killed with -9 early it leaves a lab that the next one clears away; that one, killed in the restore and before the verification, goes on, and finds every damage and the missed target', async () => {
  expect(await run(begin, killAt('lucca'))).toMatchObject({ status: 'SIGKILL' });
  let second: Promise<Ended> | undefined;
  let runId = '';
  const kill = killAt('viareggio-domain-restore-domain');
  const killed = await run([...begin, ...bad], (record, pid) => {
    const { event } = record;
    if (event.type === 'run-started') ({ runId } = event);
    if (event.type === 'step-started' && event.step === 'lucca') second = run(begin);
    kill(record, pid);
  });
  expect(killed).toMatchObject({ status: 'SIGKILL' });
  expect(await second).toMatchObject({ status: '2', stderr: expect.stringContaining('DRILL_RUNNING') });
  const path = join(reports, runId, 'evidence.jsonl');
  const before = linesOf(path);

  // Once more between the damage and the verification: what was damaged is not damaged again.
  expect(await run(['resume', '--json'], killAt('verify'))).toMatchObject({ status: 'SIGKILL' });
  const resumed = await run(['resume', '--json']);
  expect(lostLines(before, linesOf(path))).toEqual([]);
  const records = readEvidence(path);
  expect(repeatedSteps(records)).toEqual([]);
  const notes = records.flatMap(({ event }) => (event.type === 'note' ? [event.textEn] : []));
  expect(notes.filter((text) => text.startsWith('Damage done'))).toHaveLength(Object.keys(found).length);
  expect(records.at(-1)?.event).toMatchObject({ type: 'run-finished', outcome: 'completed' });

  const { verdict, checks, rto, milestones, statusDetail, services } = latestReport();
  expect(statusDetail + resumed.stderr + resumed.status).toBe('1');
  const reasons = verdict.reasons.map(({ code, subjects }) => ({ code, subjects: subjects.toSorted() }));
  expect(reasons).toEqual([
    {
      code: 'check-failed',
      subjects: [...Object.values(found).map(({ check }) => check), ...consequences].toSorted(),
    },
    { code: 'rto-missed', subjects: [] },
    { code: 'service-not-verifiable', subjects: ['presenze'] },
  ]);
  for (const { check, evidence } of Object.values(found))
    expect(checks.find(({ id }) => id === check)?.evidence).toMatch(evidence);
  expect(rto?.targetMs).toBe(1000);
  // Restored and checked, but not verified: no time counts as the RTO's end. The applications have clocks of their own.
  expect(milestones.map(({ name }) => name)).toContain('restore-started');
  expect(milestones.map(({ name }) => name)).not.toContain('service-verified');
  expect(rto?.actualMs).toBeNull();
  expect(services?.map((service) => [service.id, service.rto.outcome])).toEqual([
    ['presenze', 'NOT VERIFIABLE'], // it lacks a row
    ['certificati-origine', 'PASS'],
  ]);
  expect(readlinkSync(join(reports, 'latest'))).toBe(runId);
  expect(existsSync(join(stateFolder, 'labs', 'drill'))).toBe(false);
  expect(spawnSync('pgrep', ['--full', stateFolder], { encoding: 'utf8' }).stdout).toBe('');
});
