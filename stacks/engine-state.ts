/** Surgery on what the engine remembers of a stack, where the world has changed behind its back. */
import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { z } from 'zod';

const deploymentSchema = z.looseObject({
  resources: z.array(z.looseObject({ protect: z.boolean().optional() })).nullish(),
  pending_operations: z.array(z.unknown()).nullish(),
});
type Deployment = z.infer<typeof deploymentSchema>;

async function rewrite(
  stack: Stack,
  change: (deployment: Deployment) => Deployment | undefined,
): Promise<void> {
  const exported = await stack.exportStack();
  const changed = change(deploymentSchema.parse(exported.deployment ?? {}));
  if (changed !== undefined) await stack.importStack({ ...exported, deployment: changed });
}

/** What was begun and not finished is declared again by the program, and scripts probe before they act. */
export async function forgetPendingOperations(stack: Stack): Promise<void> {
  await rewrite(stack, (deployment) =>
    (deployment.pending_operations ?? []).length === 0
      ? undefined
      : { ...deployment, pending_operations: [] },
  );
}

/** From now on everything may be undone: a deliberate act, never part of an `up`. */
export async function liftProtection(stack: Stack): Promise<void> {
  await rewrite(stack, (deployment) => {
    const resources = deployment.resources ?? [];
    if (!resources.some(({ protect }) => protect === true)) return undefined;
    return { ...deployment, resources: resources.map((resource) => ({ ...resource, protect: false })) };
  });
}

/** The machines are lost, and what was done to them with them: nothing is undone, everything is done anew. */
export async function forgetEverything(stack: Stack): Promise<void> {
  await rewrite(stack, (deployment) =>
    (deployment.resources ?? []).length === 0
      ? undefined
      : { ...deployment, resources: [], pending_operations: [] },
  );
}

/** Whether any resource was made from this snapshot, or was being made when the engine was killed. */
export async function isFromSnapshot(stack: Stack, snapshot: string): Promise<boolean> {
  const { resources, pending_operations: pending } = deploymentSchema.parse(
    (await stack.exportStack()).deployment ?? {},
  );
  return JSON.stringify([resources, pending]).includes(snapshot);
}
