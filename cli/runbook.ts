/** `dr runbook`: the steps as text, to be printed and kept on paper for the day when no computer answers. */
import type { Command } from 'commander';
import { requireInventory } from '../inventory/load.ts';
import { type RunKind, runKinds } from '../runbooks/evidence/evidence.ts';
import { runbookOf } from '../runbooks/plan/runbooks.ts';
import { printedRunbook } from '../runbooks/view/printed.ts';

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
      const inventory = await requireInventory(folder);
      process.stdout.write(printedRunbook(runbookOf(which, inventory), inventory));
    });
}
