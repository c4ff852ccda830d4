/** A statement about a cassette enters the ledger: signed with the key of the role that makes it, else with that of the site. */
import { DrError } from '../core/errors.ts';
import { utcNow } from '../core/time.ts';
import type { RemoteHost } from '../platforms/ssh.ts';
import { custodyOf } from './custody.ts';
import type { CustodyEvent } from './entry.ts';
import { appendEntry } from './ledger.ts';
import { type CustodyContext, type Meeting, shareLedger } from './meeting.ts';
import { privateKeyOf } from './signers.ts';

export type Statement = { event: CustodyEvent; declaredAtUtc?: string | undefined };

/**
 * Adds the statements to what is known and writes it to the site's copy and to the cassettes in `host`.
 * @throws DrError CUSTODY_NO_KEY (nothing is written), SECRET_EXPOSED, CUSTODY_KEY
 */
export async function state(
  context: CustodyContext,
  meeting: Meeting,
  host: RemoteHost | undefined,
  statements: readonly Statement[],
): Promise<{ meeting: Meeting; warnings: string[] }> {
  const writtenAtUtc = utcNow();
  let { ledger } = meeting;
  for (const { event, declaredAtUtc } of statements) {
    const by = await signerFor(context, meeting.site, event);
    ({ ledger } = appendEntry(ledger, event, by, { writtenAtUtc, declaredAtUtc }));
  }
  const known = { ...meeting, ledger, custody: custodyOf(ledger) };
  return { meeting: known, warnings: await shareLedger(context, known, host, writtenAtUtc) };
}

async function signerFor(
  { custody: { secrets } }: CustodyContext,
  site: string,
  event: CustodyEvent,
): Promise<{ signer: string; key: NonNullable<Awaited<ReturnType<typeof privateKeyOf>>> }> {
  const names = [...('by' in event ? [`role:${event.by}`] : []), `site:${site}`];
  for (const signer of names) {
    const key = await privateKeyOf(secrets, signer);
    if (key !== undefined) return { signer, key };
  }
  throw new DrError(
    'CUSTODY_NO_KEY',
    `Qui non c'è una chiave per firmare nel registro di custodia (${names.join(', ')}). / There is no key here to sign in the ledger of custody.`,
    `Farla con "dr cassette key site:${site}" e scriverne la parte pubblica in inventory/cassettes.yaml. / Make it with "dr cassette key site:${site}" and put its public half into inventory/cassettes.yaml.`,
  );
}
