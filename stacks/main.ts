/** What a plain `pulumi preview` or `pulumi up` runs (Pulumi.yaml, `main`). */
import { program } from './program.ts';

export const outputs = await program();
