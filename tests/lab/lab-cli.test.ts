/** `dr lab` as a person types it. */
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { registerLab } from '../../cli/lab.ts';
import { listLabs, openLab } from '../../lab/lab.ts';
import { type ExecOutcome, tryRun } from '../../platforms/exec.ts';
import { on, removeEverything } from './lab-harness.ts';

const program = join(import.meta.dirname, '../../bin/dr');
const dr = async (...args: string[]): Promise<ExecOutcome> => await tryRun(program, ['lab', ...args]);

afterAll(removeEverything);

describe('dr lab', () => {
  test('up, status, shell, wan, disaster, list, down', async () => {
    const up = await dr('up', '--bare', '--rate', '50', '--json');
    expect(up).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(up.stdout)).toMatchObject({ name: 'lab', wan: { up: true, rateMbit: 50 } });
    expect(up.stderr).toContain('Turning on');

    // What is on stays on; the office files come, as many as are asked for.
    const command = new Command();
    registerLab(command);
    await command.parseAsync(['lab', 'up', '--data', '9m', '--json'], { from: 'user' });
    const written = await on(
      await openLab('lab'),
      'lu-fs1',
      'du --apparent-size --block-size=1M -s /srv/shares',
    );
    expect(Number.parseInt(written, 10)).toBeOneOf([9, 10]);

    const status = await dr('status');
    expect(status.stdout).toMatch(/lu-fs1 +lucca +10\.55\.1\.20 +acceso \/ on/);
    expect(status.stdout).toContain('1:vi-ws1 2:vi-ws2');

    const shell = await dr('shell', 'lu-fs1', '--', 'hostname; exit 3');
    expect(shell).toMatchObject({ exitCode: 3 });

    const wan = await dr('wan', 'down', '--loss', '1,5', '--json');
    expect(JSON.parse(wan.stdout)).toMatchObject({ wan: { up: false, rateMbit: 50, lossPercent: 1.5 } });

    const line = await dr('line', 'backup', 'down', '--json');
    expect(JSON.parse(line.stdout)).toMatchObject({
      lines: [
        { id: 'primary', up: true },
        { id: 'backup', up: false },
      ],
    });
    expect(await dr('line', 'third', 'down')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('LAB_LINE'),
    });

    const disaster = await dr('disaster', 'd3');
    expect(disaster.stdout).toMatch(/lu-fs1 .* distrutto \/ destroyed/);
    expect((await dr('list')).stdout).toContain('lab  running');
    expect((await dr('down')).stdout).toContain('lab');
    expect((await dr('list', '--json')).stdout.trim()).toBe('[]');
  });

  const wrong: [args: string[], code: string][] = [
    [['status'], 'LAB_NOT_RUNNING'],
    [['shell', 'lu-fs1'], 'LAB_NOT_RUNNING'],
    [['status', '--name', 'A/B'], 'LAB_NAME'],
    [['up', '--data', 'much'], 'SIZE'],
    [['up', '--rate', 'fast'], 'OPTION'],
    [['up', '--rate', '-5'], 'WAN_SETTING'],
    [['up', '--loss', '101'], 'WAN_SETTING'],
  ];
  test.for(wrong)('%j is %s, and nothing is made', async ([args, code]) => {
    const command = new Command();
    registerLab(command);
    await expect(command.parseAsync(['lab', ...args], { from: 'user' })).rejects.toMatchObject({ code });
    expect(await listLabs()).toEqual([]);
  });

  test('an error ends with status 2 and says what to do', async () => {
    const { exitCode, stderr } = await dr('disaster', 'D1');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('LAB_NOT_RUNNING');
    expect(stderr).toContain('dr lab up');
  });
});
