/** Where ledgers meet: a site's own, and those on the cassettes that are plugged in there. Both end up with all that either knew. */

import { toErrorRecord } from '../core/errors.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { PluggedMedium } from '../platforms/restic/media.ts';
import { pluggedMedia } from '../platforms/restic/media.ts';
import { readMediumLedger, writeMediumLedger } from '../platforms/restic/medium-ledger.ts';
import type { RemoteHost } from '../platforms/ssh.ts';
import { type Custody, custodyOf } from './custody.ts';
import { type Identification, type IdentificationKind, identify } from './identity.ts';
import { type Ledger, type LedgerProblem, ledgerText, mergeLedgers, parseLedger } from './ledger.ts';
import type { CustodyPlace } from './place.ts';
import { knownSigners, type Signers } from './signers.ts';
import { asideName, type LedgerFile, readSiteLedger, writeSiteLedger } from './site-ledger.ts';

export type CustodyContext = { inventory: Inventory; custody: CustodyPlace };

/** What a site knows of all cassettes, together with those that are plugged in there. */
export type Meeting = {
  site: string;
  ledger: Ledger;
  custody: Custody;
  signers: Signers;
  /** Lines that no writer of ours wrote so, in whichever copy: a FAIL, though the rest counts. */
  problems: LedgerProblem[];
  media: { medium: PluggedMedium; found: Identification; files: LedgerFile[] }[];
};

/** Only what is known here, without looking at any host. @throws DrError SECRET_EXPOSED, CUSTODY_KEY */
export async function siteCustody(context: CustodyContext, site: string): Promise<Meeting> {
  return await lookAtCustody(context, site, undefined);
}

/** Reads the site's copy and those on the media in `host`; changes nothing. `expected` is the label that was asked for. @throws DrError REMOTE_FAILED */
export async function lookAtCustody(
  { inventory, custody: place }: CustodyContext,
  site: string,
  host: RemoteHost | undefined,
  label?: string,
): Promise<Meeting> {
  const signers = await knownSigners(inventory, place.secrets);
  const own = await readSiteLedger(place, site);
  const media = host === undefined ? [] : await pluggedMedia(host);
  const travelling = await Promise.all(
    media.map(async ({ mountPoint }) => (host === undefined ? [] : await readMediumLedger(host, mountPoint))),
  );
  const named = [
    ...own.map(({ name, text }) => parseLedger(name, text, signers)),
    ...travelling.flatMap((files, index) =>
      files.map(({ name, text }) => parseLedger(`${media[index]?.mountPoint}/${name}`, text, signers)),
    ),
  ];
  const ledger = mergeLedgers(...named.map((one) => one.ledger));
  const custody = custodyOf(ledger);
  return {
    site,
    ledger,
    custody,
    signers,
    problems: named.flatMap((one) => one.problems),
    media: media.map((medium, index) => ({
      medium,
      found: identify(medium, inventory, custody, { site, label }),
      files: travelling[index] ?? [],
    })),
  };
}

/** On these nothing is written: they are kept as they are for whoever looks into it. */
const untouched: readonly IdentificationKind[] = [
  'stranger',
  'blank',
  'unidentified',
  'copy',
  'initialised-again',
  'rolled-back',
  'retired',
];

/**
 * Writes what is known to every copy that lacks some of it. A copy with something wrong in it is set aside under another name first.
 * Gives a warning for each cassette that can't be written to.
 */
export async function shareLedger(
  { custody: place }: CustodyContext,
  meeting: Meeting,
  host: RemoteHost | undefined,
  nowUtc: string,
): Promise<string[]> {
  const { site, ledger, signers, media } = meeting;
  if (ledger.size === 0) return [];
  await writeSiteLedger(place, site, ledger, { signers, nowUtc });
  const text = ledgerText(ledger);
  const written = media.map(async ({ medium: { mountPoint }, found, files }) => {
    const there = files.find(({ name }) => name === 'custody.jsonl')?.text;
    if (host === undefined || there === text || untouched.includes(found.kind)) return [];
    const broken = there !== undefined && parseLedger('', there, signers).problems.length > 0;
    try {
      await writeMediumLedger(host, mountPoint, text, broken ? asideName('custody', nowUtc) : undefined);
      return [];
    } catch (error) {
      return [toErrorRecord(error).message];
    }
  });
  return (await Promise.all(written)).flat();
}
