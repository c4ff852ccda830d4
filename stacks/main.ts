/** What a plain `pulumi preview` or `pulumi up` runs (Pulumi.yaml, `main`). */
import { requireInventory } from '../inventory/load.ts';
import { program } from './program.ts';

export const outputs = program(await requireInventory());
