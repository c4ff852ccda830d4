/** A runbook on paper: one block a step, with a box to tick, the hour and a signature. */
import { formatDurationMs } from '../../core/time.ts';
import type { Inventory } from '../../inventory/schema.ts';
import type { Runbook, RunbookStep } from '../plan/model.ts';

type Names = ReadonlyMap<string, string>;

/** The steps as text, in Italian, with the roles' names. */
export function printedRunbook(runbook: Runbook, { roles }: Pick<Inventory, 'roles'>): string {
  const names = new Map(roles.map(({ id, nameIt }) => [id, nameIt]));
  return runbook.map((step) => stepText(step, names)).join('\n');
}

function stepText(step: RunbookStep, names: Names): string {
  const nameOf = (role: string): string => names.get(role) ?? role;
  const limit = formatDurationMs(step.timeoutMinutes * 60_000);
  const lines = [
    `[ ] ${step.id}  (${step.clause})  ${step.title.it}`,
    `    Risponde: ${nameOf(step.responsible)}${step.supporting.length > 0 ? `; con ${step.supporting.map(nameOf).join(', ')}` : ''}`,
    `    ${step.instructions.it}`,
    ...(step.kind === 'human' ? (step.options ?? []).map(({ it }) => `      ( ) ${it}`) : []),
    ...(step.when ?? []).map(({ step: on, options }) => `    Solo se ${on} = ${options.join(' o ')}`),
    `    Dopo: ${step.needs.join(', ') || '-'}. Entro ${limit}, poi avvisare: ${nameOf(step.escalateTo)}.`,
    `    Prova: ${step.proof.it}`,
    `    Per annullare: ${step.undo?.it ?? 'non si annulla.'}`,
    '    Ore: ____:____  Firma: ______________________________',
  ];
  return `${lines.join('\n')}\n`;
}
