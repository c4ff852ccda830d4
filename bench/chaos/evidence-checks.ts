/** What must be true of a run's evidence, however often its processes were killed. */
import { existsSync, readFileSync } from 'node:fs';
import { RunStore } from '../../runbooks/durable/store.ts';
import { type EvidenceRecord, readEvidence } from '../../runbooks/evidence/evidence.ts';

/** The lines of a log that count: one that was cut off in the middle does not yet, nor do those that were written together with it. */
export function linesOf(path: string | undefined): string[] {
  if (path === undefined || !existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.slice(0, lines.findLastIndex((line) => !line.includes('"more":true,"event":')) + 1);
}

/** Records that were there and are not there any more. */
export function lostLines(before: readonly string[], now: readonly string[]): string[] {
  const kept = new Set(now);
  return before.filter((line) => !kept.has(line)).map((line) => `evidence lost: ${line.slice(0, 200)}`);
}

/** Steps that were begun again after they were finished, without anybody having asked for it. */
export function repeatedSteps(records: readonly EvidenceRecord[]): string[] {
  const done = new Map<string, number>();
  const faults: string[] = [];
  for (const { seq, event } of records) {
    if (event.type === 'taken-back' || (event.type === 'answered' && event.choice === 'retry'))
      done.delete(event.step);
    if (event.type === 'step-started' && done.has(event.step))
      faults.push(
        `step ${event.step} begun again (record ${seq}) after it was done (record ${done.get(event.step)})`,
      );
    if (event.type !== 'step-finished' || !['done', 'unchanged'].includes(event.outcome)) continue;
    if (done.has(event.step))
      faults.push(`step ${event.step} done twice (records ${done.get(event.step)} and ${seq})`);
    done.set(event.step, seq);
  }
  return faults;
}

/** Points of the clocks that were reached twice. */
export function repeatedMilestones(records: readonly EvidenceRecord[]): string[] {
  const names = records.flatMap(({ event }) => (event.type === 'milestone' ? event.name : []));
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `milestone ${name} reached more than once`,
  );
}

/** Faults of a run that is over: chain, end, steps, milestones, and the copy in the database. */
export async function evidenceFaults(run: {
  runId: string;
  path: string;
  databaseUrl: string;
}): Promise<string[]> {
  const records = readEvidence(run.path); // throws where the chain is broken
  const last = records.at(-1)?.event;
  const completed = last?.type === 'run-finished' && last.outcome === 'completed';
  await using store = await RunStore.open(run.databaseUrl, { create: false });
  const copied = await store.evidence(run.runId);
  return [
    ...(completed ? [] : [`the last record is no completed end: ${JSON.stringify(last)}`]),
    ...repeatedSteps(records),
    ...repeatedMilestones(records),
    ...(copied.join('\n') === linesOf(run.path).join('\n')
      ? []
      : [`the database has ${copied.length} records, not the ${records.length} of the file`]),
    ...((await store.run(run.runId))?.finished === true
      ? []
      : ['the database does not know that the run is over']),
  ];
}
