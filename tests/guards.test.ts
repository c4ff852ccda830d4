/** What a test that is killed leaves behind is taken away by its guard: programs that it had started, its database, its folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { isAlive, processesAbout } from '../platforms/processes.ts';
import { patiently } from './hand.ts';

const saidSchema = z.strictObject({ stateFolder: z.string(), program: z.number() });

test.each(['SIGKILL', 'SIGINT'] as const)('by %s', async (signal) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-child.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { stateFolder, program } = saidSchema.parse(JSON.parse(line));
  expect(processesAbout(stateFolder).join('\n')).toContain('postgres');
  child.kill(signal);
  await vi.waitFor(() => {
    expect(isAlive(program)).toBe(false);
    expect(processesAbout(stateFolder)).toEqual([]);
    expect(existsSync(stateFolder)).toBe(false);
  }, patiently);
});
