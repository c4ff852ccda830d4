/** What `dr services` found, as a person reads it on a terminal: dead lines first, then services by line, then the desks. */
import type { CheckOutcome } from '../core/check.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { ServicesFound } from '../scripts/services.ts';
import { checkLines } from './checks.ts';

export function servicesText(inventory: Inventory, { checks, probes, deadLines }: ServicesFound): string {
  const lines = [...new Set(probes.map(({ line }) => line))];
  const rows = inventory.endpoints.map(({ id, name }) => [
    name,
    ...lines.map((line) => mark(probes.filter((one) => one.endpoint === id && one.line === line))),
  ]);
  const lost = [...Map.groupBy(deadLines, ({ line, evidence }) => `${line} ${evidence}`).values()].map(
    (group) => `${group[0]?.line} (${group.map(({ desk }) => desk).join(', ')}): ${group[0]?.evidence}\n`,
  );
  const bad = checks.filter(({ id, outcome }) => id.startsWith('service.') && outcome !== 'PASS');
  const desks = checks.filter(({ id }) => id.startsWith('readiness.'));
  return [
    ...lost,
    table([['', ...lines], ...rows]),
    checkLines(bad),
    'Postazioni / desks\n',
    checkLines(desks),
  ].join('\n');
}

/** How many desks passed; a word where none did. */
function mark(results: readonly { outcome: CheckOutcome }[]): string {
  const passed = results.filter(({ outcome }) => outcome === 'PASS').length;
  if (passed > 0) return `${passed}/${results.length}`;
  return results.some(({ outcome }) => outcome === 'FAIL') ? 'FAIL' : 'NOT VERIFIABLE';
}

function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = '']) => first.length));
  return rows
    .map(([first = '', ...cells]) =>
      `${first.padEnd(width)}  ${cells.map((cell) => cell.padEnd(14)).join(' ')}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
