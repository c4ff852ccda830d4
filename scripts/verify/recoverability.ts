/** Level 5, recoverability, once there is a place to restore into: the scripts of the day, then the checks of the day. */
import type { Check } from '../../core/check.ts';
import { DrError } from '../../core/errors.ts';
import { monotonicMs } from '../../core/time.ts';
import { applicationServerAt, applicationsAt, seatsAt, serverAt } from '../../inventory/lookup.ts';
import type { ScriptContext } from '../context.ts';
import { provisionSeat } from '../provision-workstation.ts';
import { restoreApplication } from '../restore-application.ts';
import { restoreDomainOn } from '../restore-domain.ts';
import { restoreFiles } from '../restore-files.ts';
import { serveSharesOn } from '../serve-shares.ts';
import { startApplication } from '../start-application.ts';
import { startDomainOn } from '../start-domain.ts';
import { verifyController, verifyMembers, verifyRestoredFiles } from '../verify-restore.ts';

export type Recovered = { checks: Check[]; restoreMs: number; verifyMs: number };

/**
 * Restores a snapshot onto the machines of `context` (blank ones, in isolation; the cassette reads in the file server) and verifies them:
 * files, domain, log-ons, what must be allowed and what denied.
 * A script that fails is a FAIL; one that could not do its work (no way to a host, cassette taken out) throws.
 * @throws DrError
 */
export async function recover(
  context: ScriptContext,
  site: string,
  { label, snapshot }: { label: string; snapshot: { id: string } },
): Promise<Recovered> {
  const started = monotonicMs();
  const fileServer = serverAt(context.inventory, site, 'file-server').name;
  const controller = serverAt(context.inventory, site, 'domain-controller').name;
  const from = { label, snapshot: snapshot.id };
  const tell = ({ outcome, titleIt }: Check): void => context.progress(`${outcome}  ${titleIt}`);
  const domain = restoreDomainOn(context, { host: controller, ...from, cassetteHost: fileServer }).then(
    async () => await startDomainOn(context, { host: controller, snapshot: snapshot.id }),
  );
  const seats = domain.then(
    async () =>
      await Promise.all(
        seatsAt(context.inventory, site).map(
          async ({ workstation, office }) => await provisionSeat(context, { workstation, office }),
        ),
      ),
  );
  const files = restoreFiles(context, { host: fileServer, ...from });
  // What is there already is checked while the rest comes.
  const controllerChecks = domain.then(async () => await verifyController(context, site, tell));
  const fileChecks = files.then(async () => await verifyRestoredFiles(context, { site, ...from }, tell));
  const serving = Promise.all([domain, files]).then(
    async () => await serveSharesOn(context, fileServer, false),
  );
  const applications = Promise.all([
    serving,
    restoreApplications(context, site, { ...from, cassetteHost: fileServer }),
  ]).then(async ([, start]) => await start());
  const restored = [domain, files, serving, seats, applications];
  const memberChecks = Promise.all(restored).then(async () => ({
    restoreMs: monotonicMs() - started,
    checks: await verifyMembers(context, { site, ...from }, tell),
  }));
  const failed = await firstFailure([...restored, fileChecks, controllerChecks, memberChecks]);
  const elapsedMs = monotonicMs() - started;
  if (failed !== undefined)
    return { checks: [notRestored(failed, elapsedMs)], restoreMs: elapsedMs, verifyMs: 0 };
  const { restoreMs, checks } = await memberChecks;
  return {
    checks: [...(await fileChecks), ...(await controllerChecks), ...checks],
    restoreMs,
    verifyMs: elapsedMs - restoreMs,
  };
}

/** Restores every application of the site; what it gives starts them. */
async function restoreApplications(
  context: ScriptContext,
  site: string,
  from: { label: string; snapshot: string; cassetteHost: string },
): Promise<() => Promise<void>> {
  const host = applicationServerAt(context.inventory, site)?.name;
  if (host === undefined) return async () => await Promise.resolve();
  const ids = applicationsAt(context.inventory, site).map(({ id }) => id);
  for (const application of ids) await restoreApplication(context, { host, application, ...from });
  return async () => {
    for (const application of ids)
      await startApplication(context, { host, application, snapshot: from.snapshot }, { ifRestored: true });
  };
}

/** Waits for all, so that none still works when its machine is taken down; gives what went wrong first. */
async function firstFailure(works: readonly Promise<unknown>[]): Promise<DrError | undefined> {
  const outcomes = await Promise.allSettled(works);
  const bad = outcomes.find((outcome) => outcome.status === 'rejected');
  if (bad === undefined) return undefined;
  if (bad.reason instanceof DrError && !surroundings.includes(bad.reason.code)) return bad.reason;
  throw bad.reason;
}

/** These say nothing of the cassette: the level could not be carried out. */
const surroundings = [
  'CASSETTE_REMOVED',
  'CONNECTION_LOST',
  'HOST_UNREACHABLE',
  'HOST_BUSY',
  'DISK_TOO_SMALL',
  'SECRET_MISSING',
  'SECRET_EXPOSED',
];

function notRestored({ message, hint }: DrError, durationMs: number): Check {
  return {
    id: 'recoverability.restore',
    titleIt: 'Ripristino riuscito',
    titleEn: 'Restore succeeded',
    outcome: 'FAIL',
    evidence: `${message} ${hint}`,
    durationMs,
  };
}
