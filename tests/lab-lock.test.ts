/** One change at a time, and no lock outlives its owner. */
import { describe, expect, test } from 'vitest';
import { withLabLock } from '../lab/lock.ts';
import { labPaths } from '../lab/paths.ts';
import { tryRun } from '../platforms/exec.ts';

const paths = labPaths(`lock-${process.pid}`);

describe('the lock of a lab', () => {
  test('lets callers in one after the other', async () => {
    let inside = 0;
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map((caller) =>
        withLabLock(paths, async () => {
          inside += 1;
          expect(inside).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          order.push(caller);
          inside -= 1;
        }),
      ),
    );
    expect(new Set(order)).toEqual(new Set([1, 2, 3]));
  });

  test('is refused to the second after its patience, and is free after an error', async () => {
    await withLabLock(paths, async () => {
      await expect(withLabLock(paths, () => Promise.resolve(), 100)).rejects.toMatchObject({
        code: 'LAB_BUSY',
      });
    });
    await expect(withLabLock(paths, () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(await withLabLock(paths, () => Promise.resolve('free'), 0)).toBe('free');
  });

  test('dies with its owner, kill -9 included', async () => {
    const program = `
      import { withLabLock } from '${import.meta.dirname}/../lab/lock.ts';
      import { labPaths } from '${import.meta.dirname}/../lab/paths.ts';
      await withLabLock(labPaths('${paths.name}'), async () => process.kill(process.pid, 'SIGKILL'));`;
    const owner = await tryRun(process.execPath, ['--input-type=module-typescript', '--eval', program]);
    expect(owner.exitCode).toBe(128);
    expect(await withLabLock(paths, () => Promise.resolve('free'), 0)).toBe('free');
  });
});
