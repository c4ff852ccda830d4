/** What the desks saw of the suppliers' services, and whether they can open: of each the last word counts. */
import type { RunState } from './model.ts';
import type { Timed } from './timeline.ts';

/** Without such records nothing: runs from before they were written have none. */
export function foldSeen(timed: readonly Timed[]): Pick<RunState, 'probes' | 'readiness'> {
  const probes = lastOf(
    timed.flatMap(({ record: { event } }) => (event.type === 'probes' ? event.results : [])),
    ({ desk, line, endpoint }) => [desk, line, endpoint],
  );
  const readiness = lastOf(
    timed.flatMap(({ record: { event } }) => (event.type === 'readiness' ? event.desks : [])),
    ({ desk, frontOfficeService }) => [desk, frontOfficeService],
  );
  return { ...(probes.length > 0 && { probes }), ...(readiness.length > 0 && { readiness }) };
}

function lastOf<Item>(items: readonly Item[], keyOf: (item: Item) => (string | null)[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(keyOf(item)), item])).values()];
}
