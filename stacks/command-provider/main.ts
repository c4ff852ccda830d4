/** Started by the engine (through the shell file beside this one) as the provider of the package `command`. */
import { main } from '@pulumi/pulumi/provider/index.js';
import { logToEngine } from './log.ts';
import { CommandProvider } from './provider.ts';

const args = process.argv.slice(2);
await main(new CommandProvider(logToEngine(args.at(-1))), args);
