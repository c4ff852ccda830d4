import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { reportSchema } from '../../report/model.ts';
import { removeEverything, stateFolder } from './lab-harness.ts';

afterAll(removeEverything);

const dr = resolve(import.meta.dirname, '../../bin/dr');
const reports = join(stateFolder, 'reports');
type Drill = { status: number | null; lines: { event: { type: string; step?: string } }[]; stderr: string };

/** Runs `dr drill` as it is typed; `onLine` sees each event and may act on the process. */
async function drill(
  args: readonly string[],
  onLine: (line: Drill['lines'][number], pid: number) => void = () => undefined,
): Promise<Drill> {
  const child = spawn(
    dr,
    ['drill', '--unattended', '--json', '--data', '8m', '--reports', reports, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit');
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const lines: Drill['lines'] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Drill['lines'][number];
    lines.push(line);
    onLine(line, Number(child.pid));
  }
  const [status] = (await exited) as [number | null];
  return { status, lines, stderr };
}

function latestReport(): ReturnType<typeof reportSchema.parse> {
  return reportSchema.parse(JSON.parse(readFileSync(join(reports, 'latest', 'report.json'), 'utf8')));
}

test('damage and an impossible target end with status 1, both named; a second drill is refused meanwhile', async () => {
  let second: Promise<Drill> | undefined;
  const first = await drill(['--inject', 'changed-byte', '--rto', '1s'], ({ event }) => {
    if (event.type === 'step-started' && event.step === 'lucca') second = drill([]);
  });
  const { verdict, checks, rto, milestones, statusDetail } = latestReport();
  expect(statusDetail + first.stderr + String(first.status)).toBe('1');
  expect(verdict.reasons.map(({ code }) => code)).toEqual(['check-failed', 'rto-missed']);
  expect(verdict.reasons[0]?.subjects).toEqual(['files.content']);
  expect(checks.find(({ id }) => id === 'files.content')?.evidence).toMatch(/registro-imprese\/.* -> /);
  expect(rto?.targetMs).toBe(1000);
  // Restored and checked, but not verified: no time counts as the RTO's end.
  expect(milestones.map(({ name }) => name)).toContain('restore-started');
  expect(milestones.map(({ name }) => name)).not.toContain('service-verified');
  expect(rto?.actualMs).toBeNull();
  expect(await second).toMatchObject({ status: 2, stderr: expect.stringContaining('DRILL_RUNNING') });
  expect(readlinkSync(join(reports, 'latest'))).toBe(latestReport().runId);
  expect(existsSync(join(stateFolder, 'labs', 'drill'))).toBe(false);
});
