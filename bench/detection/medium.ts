/** What happens to a medium as a whole, and to what is around it. */
import { writeFileSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../platforms/exec.ts';
import type { Kind } from './kind.ts';
import type { DetectionSite } from './site.ts';

const OTHER = 'LUCCA-DR-B';
const OTHER_SERIAL = 'LDR-0002';
const STRANGER = 'FOTO';
/** So far below a sound disk's that the lab's small cassette shows it within a minute. */
const SLOW_BYTES_PER_SECOND = 256 * 1024;

export const mediumKinds: readonly Kind[] = [
  medium('absent', 'cassetta assente', 'no cassette', async ({ lab, golden }) => {
    await lab.unplugCassette(golden.label);
  }),
  medium('two-in', 'due cassette inserite', 'two cassettes in', async (site) => {
    await plugNew(site, OTHER, OTHER_SERIAL);
  }),
  medium('blank', 'una cassetta vuota al suo posto', 'a blank one in its place', async (site) => {
    await site.shell(`rm -rf ${site.mountPoint}/*`);
  }),
  medium('stranger', 'un disco estraneo al suo posto', 'a disk that is none of ours', async (site) => {
    await site.lab.unplugCassette(site.golden.label);
    await plugNew(site, STRANGER, 'X-1');
  }),
  medium(
    'no-file-system',
    'un supporto senza file system',
    'a medium without a file system',
    async (site) => {
      await site.lab.unplugCassette(site.golden.label);
      await run('dd', ['if=/dev/zero', `of=${imageOf(site)}`, 'bs=1M', 'count=4', 'conv=notrunc']);
      await site.lab.plugCassette(site.golden.label, site.host.name);
    },
  ),
  medium('identity-missing', 'file di identità mancante', 'no identity file', async (site) => {
    await site.shell(`rm ${site.mountPoint}/cassette.json`);
  }),
  medium(
    'identity-unreadable',
    'file di identità illeggibile',
    'an unreadable identity file',
    async (site) => {
      await site.shell(`truncate -s 20 ${site.mountPoint}/cassette.json`);
    },
  ),
  medium(
    'identity-of-another',
    "identità di un'altra cassetta",
    'the identity of another cassette',
    async (site) => {
      await site.shell(
        `cd ${site.mountPoint}; jq '.serial = "${OTHER_SERIAL}"' cassette.json > new && mv new cassette.json`,
      );
    },
  ),
  medium('read-only', 'supporto in sola lettura', 'a read-only medium', async (site) => {
    await site.shell(`mount -o remount,ro ${site.mountPoint}`);
  }),
  medium('io-errors', 'errori di lettura del supporto', 'I/O errors', async (site) => {
    // The tail of the image is gone: what was stored there can't be read.
    await site.shell(`sync -f ${site.mountPoint}`);
    await truncate(imageOf(site), 24 * 1024 ** 2);
    writeFileSync('/proc/sys/vm/drop_caches', '3');
  }),
  medium('slow', 'supporto lento', 'a slow medium', async ({ lab, golden, host }) => {
    await lab.unplugCassette(golden.label);
    await lab.plugCassette(golden.label, host.name, { readBytesPerSecond: SLOW_BYTES_PER_SECOND });
  }),
  medium('full', 'cassetta piena', 'a full cassette', async (site) => {
    await site.shell(
      `fallocate -l $(( $(df --output=avail -B1 ${site.mountPoint} | tail -1) * 97 / 100 )) ${site.mountPoint}/filler`,
    );
  }),
  medium('repository-missing', 'deposito cancellato', 'the repository deleted', async (site) => {
    await site.shell(`rm -rf ${site.mountPoint}/restic`);
  }),
  medium(
    'files-encrypted-on-it',
    'file della cassetta cifrati da un malware',
    'the files of the cassette encrypted by malware',
    async (site) => {
      await site.shell(`cd ${site.mountPoint}/restic; find . -type f -print0 | while IFS= read -r -d '' f; do
  chmod u+w "$f"; openssl enc -aes-256-ctr -pass pass:lab -pbkdf2 -iter 1 -in "$f" -out "$f.locked" && rm -f "$f"
done`);
    },
  ),
  medium('wrong-key', 'frase segreta sbagliata', 'the wrong passphrase', async (site) => {
    writeFileSync(join(site.lab.directory, 'secrets', 'cassette-passphrase'), 'Another-1\n', { mode: 0o600 });
  }),
  medium(
    'key-of-another',
    'deposito con la frase segreta cambiata',
    'a repository whose passphrase was changed',
    async (site) => {
      await site.restic(`key passwd --new-password-file <(printf 'Another-1')`);
    },
  ),
  medium(
    'snapshot-old',
    'ultima copia di dieci giorni fa',
    'the newest backup ten days old',
    async (site) => {
      // Of a time before there was a ledger: else the ledger misses the true one, and says so first.
      await site.forgetLedgers();
      await redate(site, '-10 days');
    },
  ),
  medium(
    'snapshot-in-the-future',
    'ultima copia con data futura (orologio sbagliato)',
    'a backup dated in the future (clock wrong)',
    async (site) => {
      await site.forgetLedgers();
      await redate(site, '+3 days');
    },
  ),
  medium(
    'host-clock-ahead',
    "orologio dell'host avanti di un'ora",
    "the host's clock an hour ahead",
    async ({ lab, host }) => {
      await lab.setClock(host.name, 3600);
    },
  ),
  medium(
    'host-clock-behind',
    "orologio dell'host indietro di sei minuti",
    "the host's clock six minutes behind",
    async ({ lab, host }) => {
      await lab.setClock(host.name, -360);
    },
  ),
  medium('no-snapshot', 'nessuna copia nel deposito', 'no backup in the repository', async (site) => {
    await site.restic(`forget ${site.golden.snapshotId}`);
  }),
  medium('snapshots-swapped', 'due snapshot scambiati', 'two snapshots swapped', async (site) => {
    await site.resetSource();
    await site.writeManifest();
    await site.writeSnapshot();
    await site.shell(`cd ${site.mountPoint}/restic/snapshots; set -- *; mv $1 t; mv $2 $1; mv t $2`);
  }),
  medium(
    'snapshot-of-something-else',
    'copia di altre cartelle',
    'a backup of other folders',
    async (site) => {
      await site.restic(`backup --tag lucca-dr --tag entries=3 --tag bytes=100 /etc/ssh`);
    },
  ),
  medium('latest-lost', 'la copia più recente è sparita', 'the newest backup is gone', async (site) => {
    await redate(site, '-2 hours');
  }),
  medium('packs-of-old', 'i pacchi più recenti spariti', 'the newest packs gone', async (site) => {
    await site.shell(
      `cd ${site.mountPoint}/restic/data; find . -type f -printf '%T@ %p\\n' | sort -n | tail -2 | cut -d' ' -f2 | xargs rm -f`,
    );
  }),
];

function medium(id: string, it: string, en: string, damage: Kind['damage']): Kind {
  return { id, group: 'medium', it, en, damage };
}

function imageOf({ lab, golden }: DetectionSite): string {
  return lab.cassetteImagePath(golden.label);
}

async function plugNew(site: DetectionSite, label: string, serial: string): Promise<void> {
  await site.lab.createCassetteDisk({ label, serial, sizeBytes: 64 * 1024 ** 2 });
  await site.lab.plugCassette(label, site.host.name);
}

/** The snapshot as it would be had the backup run so much earlier or later; the true one is gone. */
async function redate(site: DetectionSite, offset: string): Promise<void> {
  await site.resetSource();
  await site.restic(
    `backup --tag lucca-dr --time "$(date -d '${offset}' '+%F %T')" /srv/shares /var/lib/dr/stage
restic forget ${site.golden.snapshotId}`,
  );
}
