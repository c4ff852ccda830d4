/** The verbs of custody: what people state about a cassette, and what is known of all of them. */

import type { CassetteRecord } from '../cassette/custody.ts';
import type { CustodyEvent } from '../cassette/entry.ts';
import { lookAtCustody, type Meeting, shareLedger, siteCustody } from '../cassette/meeting.ts';
import { type Plugged, pluggedLabelled, requireTrusted } from '../cassette/plugged.ts';
import { type Statement, state } from '../cassette/statement.ts';
import { DrError } from '../core/errors.ts';
import { utcNow } from '../core/time.ts';
import { cassetteByLabel, roleById, serverAt, siteById } from '../inventory/lookup.ts';
import { RemoteHost } from '../platforms/ssh.ts';
import type { ScriptContext } from './context.ts';

/** Whoever only looks does not wait long for a file server that is off. */
const LOOK_TIMEOUT_MS = 3_000;

export type CustodyOutcome = { changed: boolean; meeting: Meeting; warnings: string[] };

/**
 * What a site knows and what is plugged in there; both copies of the ledger have met afterwards. A file server that does not answer is
 * a warning: what the site knows is told all the same.
 */
export async function meetCustody(
  context: ScriptContext,
  site: string,
  label?: string,
): Promise<{ meeting: Meeting; warnings: string[] }> {
  const host = await connected(context, site);
  if (host instanceof DrError) {
    return { meeting: await siteCustody(context, site), warnings: [host.message] };
  }
  await using plugged = host;
  const meeting = await lookAtCustody(context, site, plugged, label);
  return { meeting, warnings: await shareLedger(context, meeting, plugged, utcNow()) };
}

type Handover = { label: string; by: string; atUtc?: string | undefined };

/**
 * Somebody took a cassette away. Said twice, it is written once.
 * @throws DrError INVENTORY_LOOKUP, CUSTODY_UNKNOWN, CUSTODY_NO_KEY, and those of {@link requireTrusted}
 */
export async function sendCassette(
  context: ScriptContext,
  request: Handover & { from: string; to: string; toRole?: string | undefined },
): Promise<CustodyOutcome> {
  const { label, from, to, by, toRole } = request;
  siteById(context.inventory, to);
  if (toRole !== undefined) roleById(context.inventory, toRole);
  return await stating(context, { site: from, ...request }, ({ whereabouts }) => {
    const done = whereabouts.kind === 'travelling' && whereabouts.from === from && whereabouts.to === to;
    return done ? [] : [{ kind: 'sent', label, from, to, by, toRole: toRole ?? null }];
  });
}

/** It has arrived. Said twice, it is written once. @throws DrError as {@link sendCassette} */
export async function receiveCassette(
  context: ScriptContext,
  request: Handover & { site: string },
): Promise<CustodyOutcome> {
  const { label, site, by } = request;
  return await stating(context, request, ({ whereabouts }) => {
    const done = whereabouts.kind === 'at-site' && whereabouts.site === site;
    return done ? [] : [{ kind: 'received', label, site, by }];
  });
}

/** It is used no more: no backup, initialisation or verification accepts it. @throws DrError as {@link sendCassette} */
export async function retireCassette(
  context: ScriptContext,
  request: Handover & { site: string; reason: string },
): Promise<CustodyOutcome> {
  const { label, by, reason } = request;
  return await stating(context, { ...request, anyMedium: true }, ({ retired }) =>
    retired ? [] : [{ kind: 'retired', label, by, reason }],
  );
}

/** People looked into what contradicts itself about a cassette: it is not shown any more. @throws DrError as {@link sendCassette} */
export async function settleCassette(
  context: ScriptContext,
  request: Handover & { site: string; reason: string },
): Promise<CustodyOutcome> {
  const { label, by, reason } = request;
  return await stating(context, { ...request, anyMedium: true }, (_, { custody }) => {
    const own = custody.contradictions.filter((one) => one.label === label);
    const entries = [...new Set(own.flatMap((one) => one.entries))].toSorted();
    return entries.length === 0 ? [] : [{ kind: 'settled', label, by, reason, entries }];
  });
}

/**
 * What has to be said before anything else about a cassette that is plugged in and of which the ledger knows nothing: it was
 * initialised before the ledger was begun.
 */
export function adoption(plugged: Plugged | undefined, { custody, site }: Meeting): Statement[] {
  const identity = plugged?.medium.identity;
  if (!identity || custody.records.has(identity.label)) return [];
  const { label, serial, repositoryId, initialisedAtUtc } = identity;
  const serialOrigin = plugged?.medium.mediumSerial === null ? 'declared' : 'measured';
  const event: CustodyEvent = { kind: 'initialised', label, serial, serialOrigin, repositoryId, site };
  return [{ event, declaredAtUtc: new Date(initialisedAtUtc).toISOString() }];
}

async function stating(
  context: ScriptContext,
  request: Handover & { site: string; anyMedium?: boolean },
  say: (record: CassetteRecord, meeting: Meeting) => CustodyEvent[],
): Promise<CustodyOutcome> {
  const { label, site, by, atUtc } = request;
  cassetteByLabel(context.inventory, label);
  roleById(context.inventory, by);
  const host = await connected(context, site);
  const absent = host instanceof DrError ? [host.message] : [];
  await using plugged = host instanceof DrError ? undefined : host;
  let meeting = await lookAtCustody(context, site, plugged, label);
  const medium = pluggedLabelled(meeting, label);
  if (medium !== undefined && request.anyMedium !== true) requireTrusted(medium);
  const adopted = adoption(medium, meeting);
  if (adopted.length > 0) ({ meeting } = await state(context, meeting, plugged, adopted));
  const record = meeting.custody.records.get(label);
  if (record === undefined) throw unknown(label, site);
  const events = say(record, meeting);
  if (events.length === 0) {
    const warnings = await shareLedger(context, meeting, plugged, utcNow());
    return { changed: false, meeting, warnings: [...absent, ...warnings] };
  }
  const stated = await state(
    context,
    meeting,
    plugged,
    events.map((event) => ({ event, declaredAtUtc: atUtc })),
  );
  const unseen = medium === undefined ? [notPlugged(label, site)] : [];
  return { changed: true, meeting: stated.meeting, warnings: [...absent, ...unseen, ...stated.warnings] };
}

async function connected({ inventory, access }: ScriptContext, site: string): Promise<RemoteHost | DrError> {
  const { name } = serverAt(inventory, site, 'file-server');
  try {
    return await RemoteHost.connect(access, name, LOOK_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof DrError) return error;
    throw error;
  }
}

function notPlugged(label: string, site: string): string {
  return `La cassetta ${label} non è inserita a ${site}: è stato scritto ciò che si dichiara, senza averla vista; il suo registro si aggiornerà alla prossima occasione. / Cassette ${label} is not plugged in at ${site}: this was taken at its word, and its own ledger will learn of it at the next occasion.`;
}

function unknown(label: string, site: string): DrError {
  return new DrError(
    'CUSTODY_UNKNOWN',
    `Il registro di ${site} non conosce la cassetta ${label}. / The ledger of ${site} does not know cassette ${label}.`,
    `Inserirla nel file server di ${site} e ripetere; una nuova si prepara con "dr cassette init ${label}". / Plug it into the file server of ${site} and run again; a new one is prepared with "dr cassette init ${label}".`,
  );
}
