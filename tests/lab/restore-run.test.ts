/** `dr restore` as it is typed, on a lab where Lucca is lost: one person answers every step, and the real restore runs in between. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { knownRun, watchedRun } from '../../cli/runs.ts';
import { readReport } from '../../report/write.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { on, removeEverything, stateFolder, until } from './lab-harness.ts';
import { answerAll } from './one-person.ts';

let site: Viareggio;
beforeAll(async () => {
  site = await viareggio('restore-run', ['vi-dc1', 'vi-fs1', 'vi-ws1']);
  await site.lab.plugCassette(golden.label, 'vi-fs1');
});
afterAll(removeEverything);

const reports = join(stateFolder, 'reports');
const INTERLOCK = '6.2.4-interlock';
const why = 'server nuovo e vuoto: non serve il dominio';

/** New hardware at Lucca, switched on, and the line is whole. */
async function luccaAnswers(): Promise<void> {
  await site.lab.startHosts(['lu-dc1']);
  await site.lab.setWan({ up: true });
}

test('the whole chapter, with a person in it and a Lucca that answers, ends with the service restored for real', async () => {
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
  const alarmAbout = async (host: string): Promise<void> =>
    void (await until(`an alarm about ${host}`, () =>
      source.current().alarms.some(({ text }) => text.it.includes(host)),
    ));
  const asked = await answerAll(run, source, {
    letter: '6.1.3',
    act: async (step) => {
      if (step === '6.2.4-hardware') await luccaAnswers();
      // The restore is done; while people accept, another server at Lucca is switched on.
      if (step !== '6.2.4-accepted') return;
      await alarmAbout('lu-dc1');
      await site.lab.startHosts(['lu-fs1']);
      await alarmAbout('lu-fs1');
    },
    failures: {
      [INTERLOCK]: [
        { choice: 'override', role: 'rco', note: why },
        { choice: 'override-alive', role: 'rco', note: why },
      ],
    },
  });
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

  // Lucca answers: no domain starts on a reason alone, the stack looks once more and the step is asked for again.
  const interlock = report?.steps.find(({ step }) => step === INTERLOCK);
  expect(interlock?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'done', 'failed', 'done']);
  for (const refused of [0, 2])
    expect(interlock?.attempts[refused]?.detail).toMatch(
      /OTHER_SITE_ALIVE: .*lu-dc1.*«Scavalcare il blocco»/,
    );
  expect(interlock?.attempts[2]?.detail).not.toContain('--override');
  const restored = report?.steps.find(({ step }) => step === '6.2.4-restore');
  expect(restored?.attempts.map(({ outcome }) => outcome)).toEqual(['withdrawn', 'done']);
  expect(report?.answers).toContainEqual(
    expect.objectContaining({ step: INTERLOCK, choice: 'override-alive', role: 'rco', note: why }),
  );
});
