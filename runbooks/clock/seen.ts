/** What the desks saw of the suppliers' services, whether they can open, and what was entered from paper: of each the last word counts. */
import type { RunState } from './model.ts';
import type { Timed } from './timeline.ts';

/** Without such records nothing: runs from before they were written have none. */
export function foldSeen(timed: readonly Timed[]): Pick<RunState, 'probes' | 'readiness' | 'paper'> {
  const probes = lastOf(
    timed.flatMap(({ record: { event } }) => (event.type === 'probes' ? event.results : [])),
    ({ desk, line, endpoint }) => [desk, line, endpoint],
  );
  const readiness = lastOf(
    timed.flatMap(({ record: { event } }) => (event.type === 'readiness' ? event.desks : [])),
    ({ desk, frontOfficeService }) => [desk, frontOfficeService],
  );
  const paper = foldPaper(timed);
  return {
    ...(paper.length > 0 && { paper }),
    ...(probes.length > 0 && { probes }),
    ...(readiness.length > 0 && { readiness }),
  };
}

function foldPaper(timed: readonly Timed[]): NonNullable<RunState['paper']> {
  const entered = timed.flatMap(({ record: { atUtc, event } }) =>
    event.type === 'paper' ? [{ ...event.entered, atUtc, role: event.role }] : [],
  );
  return entered.map((entry, index) => ({
    ...entry,
    superseded: entry.sheets.filter((sheet) =>
      entered.slice(index + 1).some(({ sheets }) => sheets.includes(sheet)),
    ),
  }));
}

function lastOf<Item>(items: readonly Item[], keyOf: (item: Item) => (string | null)[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(keyOf(item)), item])).values()];
}
