/** What the desks of a site can do for the public: suppliers' services and our own, seen from where people work. */
import type { Check } from '../core/check.ts';
import { DrError } from '../core/errors.ts';
import { deskById, desksAt, linesAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { verifyLogon } from '../platforms/linux/verify-desk.ts';
import type { ScriptContext } from './context.ts';
import { expectedDesk } from './expected-desk.ts';
import {
  type DeadLine,
  type ProbeChoice,
  type ProbeResult,
  probeServices,
  type ServicesLook,
  serviceChecks,
} from './probe-services.ts';
import { type DeskReadiness, readinessChecks, readinessOf } from './readiness.ts';

export type ServicesFound = {
  /** `service.CLASS` and `readiness.DESK`. */
  checks: Check[];
  probes: ProbeResult[];
  deadLines: DeadLine[];
  readiness: DeskReadiness[];
};

/** For a restore's verification, whose own checks say how desks and applications stand. A site without lines is not looked at. */
export async function lookForVerification(
  context: ScriptContext,
  site: string,
): Promise<ServicesLook | undefined> {
  return linesAt(context.inventory, site).length === 0 ? undefined : await probeServices(context, { site });
}

/** Pure: what a look means, beside the checks of desks and applications. */
export function servicesFound(
  inventory: Inventory,
  site: string,
  look: ServicesLook,
  checks: readonly Check[],
): ServicesFound {
  const readiness = readinessOf(inventory, site, look, checks);
  return {
    checks: [...serviceChecks(inventory, look), ...readinessChecks(readiness, look.durationMs)],
    probes: look.probes,
    deadLines: look.deadLines,
    readiness,
  };
}

/**
 * Looks now, with a log-on at each desk (where the test accounts' password is at hand).
 * @throws DrError INVENTORY_LOOKUP, NO_LINES
 */
export async function findServices(context: ScriptContext, choice: ProbeChoice): Promise<ServicesFound> {
  const { inventory, access } = context;
  if (linesAt(inventory, choice.site).length === 0) throw noLines(choice.site);
  const desks =
    choice.desk === undefined ? desksAt(inventory, choice.site) : [deskById(inventory, choice.desk)];
  const password = await context.secret('test-account').catch(() => undefined);
  const [look, logons] = await Promise.all([
    probeServices(context, choice),
    Promise.all(
      desks.flatMap((desk) =>
        password === undefined
          ? []
          : [verifyLogon(access, expectedDesk(inventory, choice.site, desk), password)],
      ),
    ),
  ]);
  return servicesFound(inventory, choice.site, look, logons);
}

function noLines(site: string): DrError {
  return new DrError(
    'NO_LINES',
    `L'inventario non dichiara linee verso i fornitori per la sede "${site}". / The inventory declares no lines to suppliers there.`,
    'Dichiararle in inventory/endpoints.yaml. / Declare them there.',
  );
}
