/** Gives a medium its identity and an empty encrypted repository, and begins its custody. */
import { lookAtCustody } from '../cassette/meeting.ts';
import { pluggedLabelled, requireNotRetired, requireOwnMedium } from '../cassette/plugged.ts';
import { state } from '../cassette/statement.ts';
import { DrError } from '../core/errors.ts';
import { utcNow } from '../core/time.ts';
import { cassetteByLabel, serverAt } from '../inventory/lookup.ts';
import { type CassetteIdentity, initialiseCassette } from '../platforms/restic/cassette.ts';
import { withHost } from '../platforms/ssh.ts';
import { passphraseOf, runScript, type ScriptContext } from './context.ts';
import { adoption } from './custody.ts';

export type InitRequest = {
  site: string;
  label: string;
  /** Everything on it is given up. */
  again?: boolean | undefined;
};

/**
 * One that was initialised before and holds nothing is left as it is.
 * @throws DrError INVENTORY_LOOKUP (not in the inventory), CASSETTE_ABSENT, CASSETTE_TWICE, CASSETTE_OTHER_MEDIUM, CASSETTE_RETIRED,
 *   CASSETTE_IN_USE (it holds backups, and `again` is not set), CUSTODY_NO_KEY
 */
export async function initCassette(
  context: ScriptContext,
  { site, label, again = false }: InitRequest,
): Promise<{ changed: boolean; cassette: CassetteIdentity; warnings: string[] }> {
  const { inventory } = context;
  const declared = cassetteByLabel(inventory, label);
  const { name } = serverAt(inventory, site, 'file-server');
  return await withHost(context.access, name, async (host) => {
    const before = await lookAtCustody(context, site, host, label);
    const plugged = pluggedLabelled(before, label);
    if (plugged === undefined) throw absent(label, name);
    requireNotRetired(before, label);
    const { medium } = plugged;
    requireOwnMedium(medium, label, inventory.cassettes);
    if (medium.holdsBackups && !again) throw inUse(label);
    if (medium.identity !== null && medium.label === medium.identity.label && !again) {
      const known = adoption(plugged, before);
      const { warnings } = await state(context, before, host, known);
      return { changed: known.length > 0, cassette: medium.identity, warnings };
    }
    const passphrase = await passphraseOf(context, label);
    const cassette = await initialiseCassette(host, declared, passphrase, utcNow(), { again });
    const after = await lookAtCustody(context, site, host, label);
    const { warnings } = await state(context, after, host, [
      {
        event: {
          kind: 'initialised',
          label,
          serial: declared.serial,
          serialOrigin: medium.mediumSerial === null ? 'declared' : 'measured',
          repositoryId: cassette.repositoryId,
          site,
        },
      },
    ]);
    return { changed: true, cassette, warnings };
  });
}

function absent(label: string, host: string): DrError {
  return new DrError(
    'CASSETTE_ABSENT',
    `In ${host} non c'è un supporto con l'etichetta ${label}. / There is no medium labelled ${label} in ${host}.`,
    `Inserirlo; a uno nuovo si dà l'etichetta con "mkfs.ext4 -L ${label} DISPOSITIVO". / Plug it in; a new one gets its label from "mkfs.ext4 -L ${label} DEVICE".`,
  );
}

function inUse(label: string): DrError {
  return new DrError(
    'CASSETTE_IN_USE',
    `La cassetta ${label} contiene copie: nulla è stato toccato. / Cassette ${label} holds backups: nothing was touched.`,
    `Usarla com'è; solo se le sue copie non servono più: "dr cassette init ${label} --again", che le cancella tutte. / Use it as it is; only if its backups are not needed any more: --again, which deletes them all.`,
  );
}

if (import.meta.main) {
  await runScript(
    'Prepara una cassetta vuota. / Prepares a blank cassette.',
    {
      site: { type: 'string', required: true, help: 'sede dove è inserita / site where it is plugged in' },
      label: { type: 'string', required: true, help: 'etichetta / label' },
      again: { type: 'boolean', help: 'cancella le copie che contiene / deletes the backups on it' },
    },
    async (context, values) => await initCassette(context, values),
  );
}
