/** `dr restore` as it is typed, on a lab where Lucca is lost: one person answers every step, and the real restore runs in between. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KnownRun, knownRun, sayTo, watchedRun } from '../../cli/runs.ts';
import { toErrorRecord } from '../../core/errors.ts';
import { readReport } from '../../report/write.ts';
import type { RunSource } from '../../runbooks/view/run-source.ts';
import type { StepView } from '../../runbooks/view/run-view.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { on, removeEverything, stateFolder, until } from './lab-harness.ts';

let site: Viareggio;
beforeAll(async () => {
  site = await viareggio('restore-run', ['vi-dc1', 'vi-fs1', 'vi-ws1']);
  await site.lab.plugCassette(golden.label, 'vi-fs1');
});
afterAll(removeEverything);

const reports = join(stateFolder, 'reports');
type Asked = { step: string; choices: string[] };

/** Answers whatever waits, until the run is over; gives what was asked, in order. */
async function answerAll(run: KnownRun, source: RunSource): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (;;) {
    const view = source.current();
    if (view.run.status !== 'unfinished') return asked;
    const open = view.steps.filter(({ choices }) => choices.length > 0);
    for (const step of open) {
      asked.push({ step: step.id, choices: step.choices.map(({ id }) => id) });
      await answer(run, step);
    }
    const seen = source.current().seq;
    if (open.length === 0)
      await until('something to happen', () => source.current().seq > seen || undefined, 300_000);
  }
}

/** Nobody filled in where letters go: the first is tried and fails, and a person skips it; the others are skipped at once. */
async function answer(run: KnownRun, step: StepView): Promise<void> {
  const ids = step.choices.map(({ id }) => id);
  const tried = step.kind === 'notify' && step.id === '6.1.3' && step.status === 'waiting';
  const choice = tried ? 'send' : step.kind === 'notify' ? 'skipped' : String(ids[0]);
  const note = choice === 'skipped' ? 'detto a voce, elenchi non compilati' : '';
  const said = { step: step.id, attempt: step.attempt, role: step.responsible, person: 'P-1', note };
  const asksTime = step.choices.some(({ id, needsTime }) => id === choice && needsTime);
  const when = asksTime ? { atUtc: new Date().toISOString() } : {};
  await sayTo(run, { type: 'answer', ...said, ...when, choice }).catch((error: unknown) => {
    // The view is a moment old: it may have been answered, or have moved on, since.
    if (!/^(STEP_|UNKNOWN_CHOICE|RUN_FINISHED)/.test(toErrorRecord(error).code)) throw error;
  });
}

test('the whole chapter, with a person in it, ends with the service restored for real', async () => {
  const child = spawn(
    resolve(import.meta.dirname, '../../bin/dr'),
    [
      'restore',
      '--lab',
      'restore-run',
      '--inventory',
      join(stateFolder, 'inventory', 'restore-run'),
      '--reports',
      reports,
      '--json',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  child.stdout.resume();
  const exited = once(child, 'exit');
  const run = await until('the run to begin', async () => await knownRun(undefined).catch(() => undefined));
  const source = await until('its first step', async () => await watchedRun(run).catch(() => undefined));
  const asked = await answerAll(run, source);
  source[Symbol.dispose]();
  const [status] = (await exited) as [number | null];

  const report = readReport(join(reports, run.runId, 'report.json'));
  const wrong = report?.checks.filter(({ outcome }) => outcome !== 'PASS');
  expect([wrong, report?.verdict.reasons, said, status]).toEqual([
    [],
    [],
    expect.stringMatching(/^Pagina/),
    0,
  ]);
  const chapter = report?.steps.filter(({ clause }) => clause.startsWith('6.')) ?? [];
  expect(chapter.length).toBeGreaterThan(40);
  expect(chapter.filter(({ outcome }) => outcome === 'planned')).toEqual([]);

  // After D1 there is nothing at Lucca to reactivate, so nobody is offered it.
  expect(asked.find(({ step }) => step === '6.1.10')?.choices).not.toContain('primary-site');
  const letter = report?.steps.find(({ step }) => step === '6.1.3');
  expect(letter?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'skipped']);
  expect(letter?.attempts[0]?.detail).toContain('notifications.yaml');
  expect(report?.milestones.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'event',
      'detection',
      'declaration',
      'activation',
      'service-verified',
      'accepted',
    ]),
  );
  expect(await on(site.lab, 'vi-dc1', 'systemctl is-active samba-ad-dc')).toBe('active');
});
