/** `dr check` as a program: what it prints and how it ends. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { CheckOptions } from '../cli/check.ts';
import { type ExecOutcome, tryRun } from '../platforms/exec.ts';
import { applyChange, copyInventory, projectFolder } from './inventory-copy.ts';

async function runCheck(
  options: CheckOptions,
  environment: Record<string, string> = {},
): Promise<ExecOutcome> {
  const program = `import { check } from './cli/check.ts'; process.exitCode = await check(${JSON.stringify(options)});`;
  return await tryRun(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: projectFolder,
    env: { DR_INVENTORY: '', ...environment },
  });
}

const findingSchema = z.object({
  severity: z.enum(['error', 'warning', 'disagreement']),
  code: z.string(),
  file: z.string(),
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  messageIt: z.string(),
  messageEn: z.string(),
  hint: z.string(),
});
const outputSchema = z.strictObject({
  status: z.number(),
  folder: z.string(),
  counts: z.record(z.string(), z.number()),
  errors: z.array(findingSchema),
  warnings: z.array(findingSchema),
  disagreements: z.array(findingSchema),
});

test('the real inventory: counts, then findings, status 0', async () => {
  const { exitCode, stdout } = await runCheck({});
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ +18 {2}classi di servizi \/ service classes$/m);
  expect(stdout).toMatch(/^ +8 {2}porte per postazioni \/ desk ports$/m);
  expect(stdout).toMatch(
    /^inventory\/services\.yaml:\d+:\d+: .*RTO 72 h nel piano \(5\), RTO 48 h nello studio.* \/ .*in the plan/m,
  );
  expect(stdout.indexOf('Avvisi / Warnings')).toBeLessThan(stdout.indexOf('Disaccordi fra i documenti'));
  expect(stdout.trimEnd()).toMatch(/Inventario valido\. \/ The inventory is valid\.$/);
});

test('--json: one object with the same', async () => {
  const { exitCode, stdout } = await runCheck({ json: true });
  const output = outputSchema.parse(JSON.parse(stdout));
  expect(exitCode).toBe(0);
  expect(output).toMatchObject({
    status: 0,
    folder: 'inventory',
    counts: {
      serviceClasses: 18,
      outOfScopeServices: 3,
      solutions: 5,
      scenarios: 3,
      desks: 4,
      deskPorts: 8,
      teams: 5,
    },
    errors: [],
  });
  expect(output.disagreements.length).toBeGreaterThan(50);
  expect(output.disagreements.every(({ severity }) => severity === 'disagreement')).toBe(true);
});

test('errors: each on a line of its own with its hint, status 1', async () => {
  const folder = copyInventory();
  const [port] = applyChange(folder, {
    file: 'hosts.yaml',
    find: 'switchPort: 4',
    replace: 'switchPort: ¦9',
  });
  const [label] = applyChange(folder, { file: 'cassettes.yaml', find: 'LUCCA-DR-B', replace: '¦LUCCA-DR-A' });
  const { exitCode, stdout } = await runCheck({ inventory: folder });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('Errori / Errors: 2\n');
  expect(stdout).toContain(`${join(folder, 'hosts.yaml')}:${port?.line}:${port?.column}: vi-desk4: `);
  expect(stdout).toContain(
    `${join(folder, 'cassettes.yaml')}:${label?.line}:${label?.column}: "LUCCA-DR-A" c'è già in `,
  );
  expect(stdout).toContain('    Usare una porta libera da 1 a 8');

  const asJson = await runCheck({ json: true }, { DR_INVENTORY: folder });
  expect(asJson.exitCode).toBe(1);
  expect(outputSchema.parse(JSON.parse(asJson.stdout))).toMatchObject({
    status: 1,
    errors: [
      { code: 'DUPLICATE', ...label },
      { code: 'SWITCH_PORT_MISSING', ...port },
    ],
  });
});

test('no folder: a clear sentence, status 2', async () => {
  const { exitCode, stdout } = await runCheck({ inventory: '/nowhere/inventory' });
  expect(exitCode).toBe(2);
  expect(stdout).toContain('"/nowhere/inventory"');
  expect(stdout).toContain('DR_INVENTORY');
  const asJson = await runCheck({ inventory: '/nowhere/inventory', json: true });
  expect(asJson.exitCode).toBe(2);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ status: 2, error: { code: 'INVENTORY_FOLDER' } });
});
