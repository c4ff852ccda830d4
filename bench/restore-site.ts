/**
 * The drill's machine part in a process of its own: prints how long it took from "restore started" to the end of the stack's up,
 * and when each step began and ended. Arguments: folder, label, snapshot, host of the cassette.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicMs } from '../core/time.ts';
import { EvidenceLog } from '../runbooks/evidence/evidence.ts';
import { Recorder } from '../runbooks/evidence/recorder.ts';
import { restoreSite } from '../runbooks/works/restore-site.ts';
import { loadContext } from '../scripts/context.ts';
import { preloadEngine } from '../stacks/engine.ts';

/** Stops the run there: what follows is measured, and checked, elsewhere. */
class Restored extends Error {}

const [directory = '', label = '', snapshot = '', cassetteHost = ''] = process.argv.slice(2);
const environment = Object.fromEntries(
  ['DR_ACCESS', 'DR_SECRETS', 'DR_INVENTORY'].map((name) => [name, process.env[name] ?? '']),
);
mkdirSync(directory, { recursive: true });
const context = await loadContext({}, () => undefined);
const log = new EvidenceLog(join(directory, 'evidence.jsonl'));
const steps: { step: string; event: string; atMs: number }[] = [];
// In a run the step that finds the cassette has done so.
await preloadEngine();
const startedMs = monotonicMs();
const elapsedMs = (): number => Math.round(monotonicMs() - startedMs);
log.subscribe(({ event }) => {
  if (event.type === 'step-started' || event.type === 'step-finished')
    steps.push({ step: event.step, event: event.type, atMs: elapsedMs() });
});
try {
  await restoreSite(
    context,
    { directory: join(directory, 'pulumi'), environment },
    { role: 'exercise', from: { label, snapshot, cassetteHost } },
    new Recorder(log),
    { beforeVerification: async () => await Promise.reject(new Restored()) },
  );
} catch (error) {
  if (!(error instanceof Restored)) throw error;
}
process.stdout.write(`${JSON.stringify({ restoreMs: elapsedMs(), steps })}\n`);
