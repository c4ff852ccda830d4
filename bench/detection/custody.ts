/** The wrong cassette, and a ledger that says otherwise: files that are perfect, on a medium that is not the one. */
import { rm } from 'node:fs/promises';
import { lookAtCustody } from '../../cassette/meeting.ts';
import { type Statement, state } from '../../cassette/statement.ts';
import { utcNow } from '../../core/time.ts';
import { siteById } from '../../inventory/lookup.ts';
import { writeMediumSerial } from '../../lab/cassettes.ts';
import { retireCassette, sendCassette } from '../../scripts/custody.ts';
import { initCassette } from '../../scripts/init-cassette.ts';
import type { Kind } from './kind.ts';
import type { DetectionSite } from './site.ts';

const OTHER = 'LUCCA-DR-B';
const OTHER_SERIAL = 'LDR-0002';

export const custodyKinds: readonly Kind[] = [
  kind(
    'copy',
    'una copia su un altro supporto',
    'a copy on another medium',
    async ({ lab, golden, host }) => {
      await lab.unplugCassette(golden.label);
      await writeMediumSerial(lab.cassetteImagePath(golden.label), 'X-2');
      await lab.plugCassette(golden.label, host.name);
    },
  ),
  kind(
    'initialised-again',
    'inizializzata di nuovo, poi copiata',
    'initialised again, then written',
    async (site) => {
      await site.shell(`cp -a ${site.mountPoint}/custody.jsonl /run/dr-custody`);
      const ledgers = site.context.custody.directory;
      // Behind the ledger's back: by somebody whose computer knows nothing of it.
      const elsewhere = {
        ...site.context,
        custody: { ...site.context.custody, directory: `${ledgers}-elsewhere` },
      };
      await initCassette(elsewhere, { site: 'viareggio', label: site.golden.label, again: true });
      await site.resetSource();
      await site.writeManifest();
      await site.writeSnapshot();
      await site.shell(`cp -a /run/dr-custody ${site.mountPoint}/custody.jsonl`);
    },
  ),
  kind('rolled-back', 'il contenuto della settimana scorsa', "last week's content", async (site) => {
    await say(site, {
      event: {
        kind: 'written',
        label: site.golden.label,
        repositoryId: await repositoryOf(site),
        snapshotId: 'c'.repeat(64),
        takenAtUtc: utcNow(),
        site: 'viareggio',
      },
    });
  }),
  kind(
    'outdated',
    "la cassetta della settimana scorsa al posto dell'ultima",
    "last week's cassette instead of the newest",
    async (site) => {
      const repositoryId = 'd'.repeat(64);
      await say(
        site,
        {
          event: {
            kind: 'initialised',
            label: OTHER,
            serial: OTHER_SERIAL,
            serialOrigin: 'measured',
            repositoryId,
            site: 'viareggio',
          },
        },
        {
          event: {
            kind: 'written',
            label: OTHER,
            repositoryId,
            snapshotId: 'e'.repeat(64),
            takenAtUtc: utcNow(),
            site: 'viareggio',
          },
        },
      );
    },
  ),
  kind('elsewhere', 'per il registro è in viaggio', 'on its way by the ledger', async (site) => {
    await sendCassette(site.context, {
      label: site.golden.label,
      from: 'viareggio',
      to: 'lucca',
      by: carrier(site),
    });
  }),
  kind('retired', 'una cassetta ritirata', 'a retired cassette', async (site) => {
    await retireCassette(site.context, {
      label: site.golden.label,
      site: 'viareggio',
      by: carrier(site),
      reason: 'prova',
    });
  }),
  kind(
    'ledger-edited',
    'registro di custodia modificato a mano',
    'a ledger of custody edited by hand',
    async (site) => {
      await site.shell(`sed -i '0,/"to":"viareggio"/s//"to":"lucca"/' ${site.mountPoint}/custody.jsonl`);
    },
  ),
  kind(
    'ledger-shortened',
    'righe tolte dal registro di custodia',
    'lines taken out of the ledger of custody',
    async (site) => {
      await site.shell(`sed -i 1d ${site.mountPoint}/custody.jsonl`);
      // Else the site's own copy makes good what the cassette's lacks.
      await rm(site.context.custody.directory, { recursive: true, force: true });
    },
  ),
];

function kind(id: string, it: string, en: string, damage: Kind['damage']): Kind {
  return { id, group: 'custody', it, en, damage };
}

async function say(site: DetectionSite, ...statements: readonly Statement[]): Promise<void> {
  const meeting = await lookAtCustody(site.context, 'viareggio', site.host);
  await state(site.context, meeting, site.host, statements);
}

async function repositoryOf(site: DetectionSite): Promise<string> {
  return (await site.shell(`jq -j .repositoryId ${site.mountPoint}/cassette.json`)).trim();
}

function carrier({ inventory }: DetectionSite): string {
  return siteById(inventory, 'viareggio').keysHeldByRoles[0] ?? '';
}
