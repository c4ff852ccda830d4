/** Takes the bubble down when whoever made it has died, kill -9 included: then its input ends. */
import { BUBBLE_LAB } from './bubble.ts';
import { labDown } from './lab.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.once('close', () => void labDown(BUBBLE_LAB));
