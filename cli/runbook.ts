/** `dr runbook`: the steps as text, to be printed and kept on paper for the day when no computer answers. */
import type { Command } from 'commander';
import { formatDurationMs } from '../core/time.ts';
import { requireInventory } from '../inventory/load.ts';
import { type RunKind, runKinds } from '../runbooks/evidence/evidence.ts';
import type { RunbookStep } from '../runbooks/plan/model.ts';
import { runbookOf } from '../runbooks/plan/runbooks.ts';

type Names = ReadonlyMap<string, string>;

/** Adds `dr runbook`. */
export function registerRunbook(program: Command): void {
  program
    .command('runbook')
    .description(
      'I passi del piano, da stampare e tenere su carta. / The steps of the plan, to be printed and kept on paper.',
    )
    .addArgument(
      program
        .createArgument('[which]', 'restore: capitolo 6; return: il rientro / the return to Lucca')
        .choices(runKinds)
        .default('restore'),
    )
    .option('--inventory <dir>', "cartella dell'inventario / folder of the inventory")
    .action(async (which: RunKind, { inventory: folder }: { inventory?: string }) => {
      const { roles } = await requireInventory(folder);
      const names = new Map(roles.map(({ id, nameIt }) => [id, nameIt]));
      process.stdout.write(
        runbookOf(which)
          .map((step) => stepText(step, names))
          .join('\n'),
      );
    });
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
