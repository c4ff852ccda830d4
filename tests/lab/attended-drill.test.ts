/** `dr drill` as it is typed, and one person who answers it in a browser until it is over; Lucca is really lost and brought back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireInventory } from '../../inventory/load.ts';
import type { Report } from '../../report/model.ts';
import { readReport } from '../../report/write.ts';
import type { CoverageEntry } from '../../runbooks/evidence/services.ts';
import { walkChapter } from '../chapter-walk.ts';
import { Hand } from '../hand.ts';
import { copyInventory } from '../inventory-copy.ts';
import { Browser } from '../report-browser.ts';
import { removeEverything, stateFolder, until } from './lab-harness.ts';

const reports = join(stateFolder, 'reports');
/** As long as the longest machine work in between may take on a busy machine. */
const PATIENCE_MS = 10 * 60_000;

let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await removeEverything();
});

test('a drill is walked through from the page alone and passes', async () => {
  const child = spawn(
    resolve(import.meta.dirname, '../../bin/dr'),
    ['drill', '--data', '8m', '--reports', reports, '--json'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, DR_INVENTORY: copyInventory() } },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  child.stdout.resume();
  const exited = once(child, 'exit');
  const address = await until('the page', () => /^Pagina \/ Page: (\S+)$/m.exec(said)?.[1], PATIENCE_MS);
  const { page } = await browser.visit(address);
  const walk = await walkChapter(new Hand(page), {}, undefined, PATIENCE_MS);
  const [status] = (await exited) as [number | null];

  const [runId = ''] = readdirSync(reports).filter((name) => name !== 'latest');
  const report = readReport(join(reports, runId, 'report.json'));
  expect([status, report?.verdict.reasons, walk.verdict]).toEqual([
    0,
    [],
    expect.stringContaining('Superata'),
  ]);
  expect(report?.unattended).toBe(false);
  expect(report?.checks.length).toBeGreaterThan(20);
  const chapter = report?.steps.filter(
    ({ clause, partOf }) => clause.startsWith('6.') && partOf === undefined,
  );
  expect(chapter?.filter(({ outcome }) => outcome === 'planned')).toEqual([]);
  expect(new Set(report?.answers.map(({ person }) => person)).size).toBe(1);
  if (report !== undefined) await expectServices(report);
});

/** What the desks saw of suppliers and applications, and what came of each service of the documents: every row of it. */
async function expectServices({ services, probes, readiness, coverage, notes }: Report): Promise<void> {
  const { desks, lines, endpoints, applications, ...inventory } = await requireInventory();
  const ids = desks.filter(({ site }) => site === 'viareggio').map(({ id }) => id);
  expect(services?.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(
    applications.map(({ id }) => `${id} PASS`),
  );
  expect(readiness?.map(({ desk, canOpen }) => `${desk} ${canOpen}`)).toEqual(ids.map((id) => `${id} true`));
  const seen = probes?.map(({ desk, line, endpoint, outcome }) => `${desk} ${line} ${endpoint} ${outcome}`);
  const all = ids.flatMap((desk) =>
    lines.flatMap((line) => endpoints.map((endpoint) => `${desk} ${line.id} ${endpoint.id} PASS`)),
  );
  expect(all.length).toBeGreaterThan(0);
  expect(seen?.toSorted()).toEqual(all.toSorted());
  const rows = (kind: CoverageEntry['kind']): string[] =>
    coverage?.flatMap((row) => (row.kind === kind ? [`${row.id} ${row.status}`] : [])) ?? [];
  const own = applications.map(({ serviceClass }) => serviceClass);
  expect(rows('service-class').toSorted()).toEqual(
    inventory.serviceClasses.map(({ id }) => `${id} ${own.includes(id) ? 'restored' : 'probed'}`).toSorted(),
  );
  expect(rows('out-of-scope')).toEqual(inventory.outOfScopeServices.map(({ id }) => `${id} not-covered`));
  expect(rows('solution')).toEqual([
    'ic-a promised',
    'ic-b promised',
    'ic-c promised',
    'cciaa-a promised',
    'cciaa-b restored',
  ]);
  for (const { nameIt, product } of applications.filter((one) => one.product.standIn))
    expect(
      notes.filter(({ textIt }) => textIt.startsWith(`${nameIt}: `) && textIt.includes(product.name)),
    ).toHaveLength(1);
}
