/** Scripts run as a person runs them: a program of their own, with its exit status and its one JSON object. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { projectDirectory } from '../../platforms/cache.ts';
import { tryRun } from '../../platforms/exec.ts';

export type ScriptRun = { exitCode: number; answer: unknown; stderr: string; durationMs: number };

/** Runs `node scripts/<verb>.ts --name value ...` (`true` is a switch) with these variables beside the ones of this process. */
export async function runProgram(
  verb: string,
  args: Record<string, string | true>,
  environment: Record<string, string>,
): Promise<ScriptRun> {
  const words = Object.entries(args).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, value],
  );
  const started = performance.now();
  const { exitCode, stdout, stderr } = await tryRun(
    process.execPath,
    [join('scripts', `${verb}.ts`), ...words],
    { cwd: projectDirectory(), env: environment },
  );
  return { exitCode, answer: JSON.parse(stdout), stderr, durationMs: performance.now() - started };
}

export type Refusal = {
  code: string;
  /** What the sentence must name. */
  says: RegExp;
  /** What the hint must tell to do. */
  hint: RegExp;
};

const refused = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
});

/** A refusal that helps: status 1, the code, a sentence in two languages, a hint, and the same words for people on stderr. */
export function expectRefusal(run: ScriptRun, { code, says, hint }: Refusal): void {
  expect(run.answer).toEqual({
    error: { code, message: expect.stringMatching(says), hint: expect.stringMatching(hint) },
  });
  expect(run.exitCode).toBe(1);
  const { error } = refused.parse(run.answer);
  expect(error.message).toContain(' / ');
  expect(run.stderr).toContain(error.message);
  expect(run.stderr).toContain(error.hint);
}
