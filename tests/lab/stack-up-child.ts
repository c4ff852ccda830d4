/** Brings a stack up in a process of its own, telling each event as a line, so that a test can kill it at a chosen moment. */
import { SiteStack, type StackPlace } from '../../stacks/engine.ts';
import type { RestoreSource } from '../../stacks/settings.ts';

const [place, from] = process.argv.slice(2).map((argument) => JSON.parse(argument) as unknown) as [
  StackPlace,
  RestoreSource,
];
const stack = await SiteStack.open('viareggio', { role: 'exercise', from }, place);
const done = await stack.up((event) => process.stdout.write(`${JSON.stringify(event)}\n`));
process.stdout.write(`${JSON.stringify(done)}\n`);
