/**
 * Takes the bubble down when whoever made it has died, kill -9 included: then its input ends without a word. Until then it has loaded
 * nothing: the processor is the bubble's.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
let dismissed = false;
process.stdin.once('data', () => (dismissed = true));
process.stdin.once('close', () => void (dismissed || takeDown()));

async function takeDown(): Promise<void> {
  const [{ BUBBLE_LAB }, { labDown }] = await Promise.all([import('./bubble.ts'), import('./lab.ts')]);
  await labDown(BUBBLE_LAB);
}
