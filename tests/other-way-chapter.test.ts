/** The plan's whole chapter on the ways that end at Lucca, in a process of its own: D2 in another room, D3 repaired. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readReport } from '../report/write.ts';
import { drillRunbook } from '../runbooks/plan/runbooks.ts';
import { choicesOf } from '../runbooks/run/choices.ts';
import { foldProgress } from '../runbooks/run/progress.ts';
import { patiently } from './hand.ts';
import { copyInventory } from './inventory-copy.ts';
import { answerTo, RunHarness, type RunningChild } from './run-harness.ts';

const runbook = drillRunbook();
const harness = new RunHarness();
beforeAll(async () => await harness.start());
afterAll(async () => await harness.stop());

const ways = [
  { scenario: 'D2', step: '6.1.10-other-room', title: "D2: ripartire in un'altra stanza di Lucca" },
  { scenario: 'D3', step: '6.1.10-repair', title: 'D3: riparare a Lucca ciò che è guasto' },
];

test.each(ways)('$scenario ends at Lucca: $step', { timeout: 900_000 }, async ({ scenario, step, title }) => {
  const page = { port: 0, personFolder: copyInventory() };
  const settings = harness.settings({ workMs: 5, kind: 'drill', page });
  const child = harness.run(settings, join(import.meta.dirname, 'chapter-child.ts'));
  await answerAll(child, { '6.1.1-scenario': scenario, '6.1.10': 'primary-site' });
  expect(`${await child.exit()} ${child.output}`).toMatch(/^0 /);

  const report = readReport(join(settings.directory, 'report.json'));
  expect(report?.verdict).toEqual({ outcome: 'DECLARED', exitStatus: 0, reasons: [] });
  expect(report?.otherWay).toMatchObject({ decision: '6.1.10', choice: 'primary-site', step });
  expect(report?.rto).toMatchObject({ outcome: 'PASS' });
  expect(report?.steps.map(({ outcome }) => outcome)).not.toContain('planned');
  const restore = report?.steps.find((one) => one.step === '6.2.4-restore');
  expect(restore?.outcome).toBe('not-needed');
  const shown = readFileSync(join(settings.directory, 'report.html'), 'utf8');
  expect(shown).toContain('Risolta, come dichiarato dalle persone');
  expect(shown).toContain(`con il passo 6.1.10 ${title.replace("'", '&#39;')}`);
  expect(shown).not.toContain('Nulla è stato ripristinato');
});

/** Whatever waits is answered by who is responsible, with the first answer that it offers unless told. */
async function answerAll(child: RunningChild, said: Record<string, string>): Promise<void> {
  for (;;) {
    const { finished, waiting, outcomes, attempt } = await vi.waitFor(() => whatWaits(child), patiently);
    if (waiting === undefined) return expect(finished).toBe('completed');
    const choice = said[waiting.id] ?? choicesOf(waiting, 'waiting', outcomes)[0]?.id ?? '';
    expect(await child.say(answerTo(waiting.id, choice, { attempt, role: waiting.responsible }))).toEqual({
      ok: true,
    });
  }
}

/** @throws while the machines work and nobody is awaited */
function whatWaits(child: RunningChild) {
  const { steps, outcomes, finished } = foldProgress(runbook, child.records());
  const waiting = runbook.find(({ id }) => steps.get(id)?.status === 'waiting');
  if (waiting === undefined && finished === undefined) throw new Error(child.output);
  return { finished, waiting, outcomes, attempt: waiting ? (steps.get(waiting.id)?.attempt ?? 1) : 1 };
}
