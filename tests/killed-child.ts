/** A lab test in the middle of its work, with a program and a database of its own: for guards.test.ts, which kills it. */
import { spawn } from 'node:child_process';
import { databaseFolder } from '../lab/paths.ts';
import { openDatabase } from '../runbooks/durable/postgres.ts';
import { stateFolder } from './lab/lab-harness.ts';

const program = spawn('sleep', ['3600'], { stdio: 'ignore', detached: true });
await openDatabase(databaseFolder());
process.stdout.write(`${JSON.stringify({ stateFolder, program: program.pid })}\n`);
