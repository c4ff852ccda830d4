/** What people enter when the run is over already: a time that the program does not know, and what was written on paper. */
import { utcNow } from '../../core/time.ts';
import { Fence } from '../durable/fence.ts';
import { RunStore } from '../durable/store.ts';
import { RunEvidence } from '../evidence/run-evidence.ts';
import type { Runbook } from '../plan/model.ts';
import type { LateCommand } from './command.ts';
import { decide } from './decide.ts';
import type { RunMode } from './next-steps.ts';
import { evidencePath } from './run.ts';

export type FinishedRun = {
  runId: string;
  directory: string;
  databaseUrl: string;
  runbook: Runbook;
  mode: RunMode;
  roles: readonly string[];
};

/**
 * Adds it to the evidence; the report is made anew by whoever calls.
 * @throws DrError the refusal; RUN_EXECUTED_ELSEWHERE while somebody else writes to the run
 */
export async function declareAfterwards(run: FinishedRun, command: LateCommand): Promise<void> {
  const { runId, databaseUrl, runbook, mode, roles } = run;
  await using store = await RunStore.open(databaseUrl, { create: false });
  await using fence = await Fence.take(databaseUrl, store, runId);
  const fatal = Promise.withResolvers<never>();
  const evidence = await RunEvidence.open(
    evidencePath(run.directory),
    { store, runId, epoch: fence.epoch },
    { onTrouble: () => undefined, onFatal: fatal.reject },
  );
  const records = evidence.log.records;
  const events = decide({ runbook, records, mode, roles, nowUtc: utcNow() }, command);
  evidence.log.appendTogether(events);
  await Promise.race([evidence.settled(), fatal.promise]);
}
