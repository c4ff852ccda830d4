/** The `dr` command: parse, call, print. Exit status: 0 done and in order, 1 something is wrong, 2 it could not be carried out. */
import { styleText } from 'node:util';
import { toErrorRecord } from '../core/errors.ts';
import { createProgram } from './program.ts';

// Notes to programmers of libraries say nothing to who uses this, and frighten.
process.noDeprecation = process.env['DR_DEBUG'] === undefined;

try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  const { code, message, hint } = toErrorRecord(error);
  process.stderr.write(`${styleText('red', `✗ ${message}`)}\n  → ${hint}\n  [${code}]\n`);
  if (code === 'UNEXPECTED' && process.env['DR_DEBUG'] !== undefined)
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 2;
}
