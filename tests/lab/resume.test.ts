/** The drill as it is typed: killed early and begun anew, killed in the middle of the restore and gone on with. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { lostLines, repeatedSteps } from '../../bench/chaos/evidence-checks.ts';
import { reportSchema } from '../../report/model.ts';
import { type EvidenceRecord, readEvidence } from '../../runbooks/evidence/evidence.ts';
import { removeEverything, stateFolder } from './lab-harness.ts';

afterAll(removeEverything);

const dr = resolve(import.meta.dirname, '../../bin/dr');
const reports = join(stateFolder, 'reports');

/** Runs `dr`; `onRecord` sees each record and may kill it. */
async function run(
  args: readonly string[],
  onRecord: (record: EvidenceRecord, pid: number) => void = () => undefined,
): Promise<string> {
  const child = spawn(dr, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  for await (const line of createInterface({ input: child.stdout }))
    onRecord(JSON.parse(line) as EvidenceRecord, Number(child.pid));
  await exited;
  return `${child.signalCode ?? child.exitCode} ${stderr}`;
}

test('a drill killed with -9 leaves a lab that the next clears away; that one, killed in the restore, goes on: PASS, nothing done again, nothing left', async () => {
  const begin = ['drill', '--unattended', '--data', '8m', '--json', '--reports', reports];
  const abandoned = await run(begin, ({ event }, pid) => {
    if (event.type === 'step-started' && event.step === 'lucca') process.kill(pid, 'SIGKILL');
  });
  expect(abandoned).toMatch(/^SIGKILL/);
  const killed = await run(begin, ({ event }, pid) => {
    if (event.type === 'step-started' && event.step === 'viareggio-domain-restore-domain')
      process.kill(pid, 'SIGKILL');
  });
  expect(killed).toMatch(/^SIGKILL/);
  const path = String(
    globSync(join(reports, 'drill-*', 'evidence.jsonl'))
      .toSorted()
      .at(-1),
  );
  const before = readFileSync(path, 'utf8').split('\n').slice(0, -1);

  expect(await run(['resume', '--json'])).toMatch(/^0 /);
  expect(lostLines(before, readFileSync(path, 'utf8').split('\n'))).toEqual([]);
  const records = readEvidence(path);
  expect(repeatedSteps(records)).toEqual([]);
  expect(records.at(-1)?.event).toMatchObject({ type: 'run-finished', outcome: 'completed' });
  const report = reportSchema.parse(JSON.parse(readFileSync(join(dirname(path), 'report.json'), 'utf8')));
  expect(report.verdict).toMatchObject({ outcome: 'PASS', exitStatus: 0 });
  expect(existsSync(join(stateFolder, 'labs', 'drill'))).toBe(false);
  expect(spawnSync('pgrep', ['--full', stateFolder], { encoding: 'utf8' }).stdout).toBe('');
});
