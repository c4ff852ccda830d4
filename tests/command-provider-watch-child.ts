/** Stands for a provider: lives while its engine does, or while the file given as argument exists. Says its pid. */
import { existsSync } from 'node:fs';
import { leaveWithEngine } from '../stacks/command-provider/engine-watch.ts';

const file = String(process.argv[2]);
leaveWithEngine(() => existsSync(file));
setInterval(() => undefined, 60_000);
process.stdout.write(`${process.pid}\n`);
