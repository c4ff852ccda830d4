/**
 * The bubble: a lab that holds nothing but one site's controller, file server and a workstation, without any link. The domain and the
 * shares are restored into it by the scripts that do so on the day, it is verified like the real thing, and nothing of it stays.
 */
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { monotonicMs } from '../core/time.ts';
import { applicationServerAt, seatsAt, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { loadAccess } from '../platforms/access.ts';
import { spawnDuplex } from '../platforms/exec.ts';
import { countedIn } from '../platforms/restic/cassette.ts';
import { withLentCassette } from '../platforms/restic/lend.ts';
import { keepConnections } from '../platforms/ssh.ts';
import { carryOut, type Outcome } from '../scripts/verify/level.ts';
import { recover } from '../scripts/verify/recoverability.ts';
import type { FoundSnapshot, Session } from '../scripts/verify/session.ts';
import { dataDiskBytesFor } from './data.ts';
import { type Lab, labDown, labUp } from './lab.ts';

export const BUBBLE_LAB = 'bubble';

/** Level 5, recoverability. A machine that cannot hold a lab makes it NOT VERIFIABLE, with what is missing. */
export async function recoverInBubble(
  session: Session,
  found: FoundSnapshot,
): Promise<Outcome<FoundSnapshot>> {
  return await carryOut('recoverability', found.subject, async () => {
    const started = monotonicMs();
    const { context, site } = session;
    const inventory = bubbleInventory(context.inventory, site);
    // One of a run that was killed: its disks hold another snapshot.
    await labDown(BUBBLE_LAB);
    const guard = await startGuard();
    try {
      context.progress('Accendo la bolla / turning the bubble on');
      const lab = await bubbleUp(inventory, found);
      const bootedMs = monotonicMs() - started;
      const inside = { ...context, inventory, access: await loadAccess(lab.accessFile) };
      const name = serverAt(inventory, site, 'file-server').name;
      await using _ = keepConnections(inside.access);
      const { checks, restoreMs, verifyMs } = await withLentCassette(
        { access: context.access, host: session.host },
        { mountPoint: found.mountPoint, label: found.label },
        { access: inside.access, name, enter: await lab.enterHost(name) },
        async () => await recover(inside, site, found),
      );
      return {
        checks,
        subject: found.subject,
        figures: {
          boot_seconds: bootedMs / 1000,
          restore_seconds: restoreMs / 1000,
          verify_seconds: verifyMs / 1000,
        },
        next: found,
      };
    } finally {
      context.progress('Spengo la bolla / taking the bubble down');
      await takeDown(guard);
    }
  });
}

/** A guard that is told so has nothing to take down any more. */
async function takeDown(guard: Duplex): Promise<void> {
  let isGone = false;
  try {
    await labDown(BUBBLE_LAB);
    isGone = true;
  } finally {
    guard.end(isGone ? 'gone' : undefined);
  }
}

async function bubbleUp(inventory: Inventory, { snapshot }: FoundSnapshot): Promise<Lab> {
  return await labUp({
    name: BUBBLE_LAB,
    inventory,
    dataDiskBytes: dataDiskBytesFor(countedIn(snapshot.tags, 'bytes') || 0),
    linked: false,
  });
}

/** The site's servers and its first seat; nobody else is there. */
export function bubbleInventory(inventory: Inventory, site: string): Inventory {
  const seat = seatsAt(inventory, site)[0];
  const names = [
    serverAt(inventory, site, 'domain-controller').name,
    serverAt(inventory, site, 'file-server').name,
    applicationServerAt(inventory, site)?.name,
    seat?.workstation,
  ];
  return {
    ...inventory,
    hosts: inventory.hosts.filter(({ name }) => names.includes(name)),
    desks: inventory.desks.filter(({ id }) => id === seat?.id),
    // A pretend internet proves nothing of the real one.
    lines: [],
  };
}

/** Lives as long as this process, whose end it sees as the end of its input; in a session of its own, so that it outlives a Ctrl-C. */
async function startGuard(): Promise<Duplex> {
  return await spawnDuplex('setsid', [process.execPath, join(import.meta.dirname, 'bubble-guard.ts')]);
}
