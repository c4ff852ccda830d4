/** A lab whose one file server holds a cassette that is whole; each kind of damage begins with a new copy of it. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lookAtCustody } from '../../cassette/meeting.ts';
import { state } from '../../cassette/statement.ts';
import type { Level, LevelResult } from '../../cassette/verification.ts';
import { cassetteByLabel, siteById } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import { recoverInBubble } from '../../lab/bubble.ts';
import { writeMediumSerial } from '../../lab/cassettes.ts';
import { dataDiskBytesFor } from '../../lab/data.ts';
import { type Lab, labDown, labUp } from '../../lab/lab.ts';
import { type LabSurroundings, labSurroundings } from '../../lab/lucca.ts';
import { stateDirectory } from '../../platforms/cache.ts';
import { listSnapshots, writeSnapshot } from '../../platforms/restic/cassette.ts';
import { type ManifestSummary, writeManifest } from '../../platforms/samba/manifest.ts';
import { RemoteHost } from '../../platforms/ssh.ts';
import { APPLICATIONS_STAGE, MANIFEST, SNAPSHOT_TAG, STAGE } from '../../scripts/backup.ts';
import { passphraseOf } from '../../scripts/context.ts';
import { SHARES_ROOT } from '../../scripts/serve-shares.ts';
import { verify } from '../../scripts/verify/verify.ts';
import { copySparse } from '../golden.ts';
import { useInventory } from '../inventory-folder.ts';

const LAB = 'detection';
/** What the whole backup holds, unpacked once on the server's disk. */
const PRISTINE = '/srv/detection/pristine';

/** A cassette that is whole, and the secrets that open it. */
export type Golden = {
  label: string;
  /** Whether the application servers were backed up too. */
  applications: boolean;
  image: string;
  secrets: string;
  snapshotId: string;
  sizeBytes: number;
};

export type DetectionSite = LabSurroundings & {
  lab: Lab;
  inventory: Inventory;
  golden: Golden;
  /** The server with the cassette. */
  host: RemoteHost;
  mountPoint: string;
  /** Chooses files and places; another for each kind. */
  seed: number;
  shell: (command: string) => Promise<string>;
  /** Arguments of restic on the cassette, the passphrase set; `restic` may be used again in them. */
  restic: (command: string) => Promise<string>;
  /** A copy of the whole cassette, plugged in; everything beside it as it was too. */
  freshCassette: () => Promise<void>;
  /** No ledger of custody any more, neither here nor on the cassette. */
  forgetLedgers: () => Promise<void>;
  /** The levels up to this one, on the cassette that is in; the first that does not PASS is the last. */
  verify: (upTo: Level) => Promise<LevelResult[]>;
  /** Shares and what else a snapshot holds as they were when the whole backup was made. */
  resetSource: () => Promise<unknown>;
  writeManifest: () => Promise<void>;
  /** A new snapshot of all that, on record in the ledger, as the backup makes it. */
  writeSnapshot: () => Promise<void>;
};

export async function withDetectionSite<T>(
  golden: Golden,
  work: (site: DetectionSite) => Promise<T>,
): Promise<T> {
  const folder = join(stateDirectory(), LAB);
  await labDown(LAB);
  rmSync(folder, { recursive: true, force: true });
  try {
    const inventory = await useInventory(join(folder, 'inventory'), 1, golden.applications);
    const lab = await labUp({
      name: LAB,
      inventory: { ...inventory, hosts: inventory.hosts.filter(({ kind }) => kind === 'file-server') },
      dataDiskBytes: dataDiskBytesFor(golden.sizeBytes),
    });
    await lab.disaster('D1');
    cpSync(golden.secrets, join(lab.directory, 'secrets'), { recursive: true });
    const surroundings = await labSurroundings(lab, () => undefined);
    await using host = await RemoteHost.connect(surroundings.context.access, 'vi-fs1');
    const base = await carryToViareggio(lab, surroundings, golden, folder, host);
    const site = await describe(lab, surroundings, inventory, golden, host, base);
    await site.freshCassette();
    await site.restic(`restore ${golden.snapshotId} --target ${PRISTINE}`);
    return await work(site);
  } finally {
    await labDown(LAB);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What every kind begins with: the cassette as it is once it was carried to Viareggio, the ledgers, the secrets. */
type Base = { image: string; custody: string; secrets: string };

async function carryToViareggio(
  lab: Lab,
  { context }: LabSurroundings,
  golden: Golden,
  folder: string,
  host: RemoteHost,
): Promise<Base> {
  const { label } = golden;
  const image = lab.cassetteImagePath(label);
  const by = siteById(context.inventory, 'viareggio').keysHeldByRoles[0] ?? '';
  await copySparse(golden.image, image);
  await writeMediumSerial(image, cassetteByLabel(context.inventory, label).serial);
  await lab.plugCassette(label, 'vi-fs1');
  const meeting = await lookAtCustody(context, 'viareggio', host);
  const { whereabouts } = meeting.custody.records.get(label) ?? {};
  const arrived = whereabouts?.kind === 'at-site' && whereabouts.site === 'viareggio';
  await state(
    context,
    meeting,
    host,
    arrived
      ? []
      : [
          { event: { kind: 'sent', label, from: 'lucca', to: 'viareggio', by, toRole: null } },
          { event: { kind: 'received', label, site: 'viareggio', by } },
        ],
  );
  await lab.unplugCassette(label);
  const base = {
    image: join(folder, 'cassette.img'),
    custody: join(folder, 'custody'),
    secrets: join(folder, 'secrets'),
  };
  await copySparse(image, base.image);
  cpSync(context.custody.directory, base.custody, { recursive: true });
  cpSync(join(lab.directory, 'secrets'), base.secrets, { recursive: true });
  return base;
}

async function describe(
  lab: Lab,
  surroundings: LabSurroundings,
  inventory: Inventory,
  golden: Golden,
  host: RemoteHost,
  base: Base,
): Promise<DetectionSite> {
  const { context } = surroundings;
  const { label } = golden;
  const mountPoint = `/media/${label}`;
  const passphrase = await passphraseOf(context, label);
  const shell = async (command: string): Promise<string> => await host.bash(command);
  let manifest: ManifestSummary | undefined;
  let applications = 0;
  return {
    ...surroundings,
    lab,
    inventory,
    golden,
    host,
    mountPoint,
    seed: 1,
    shell,
    restic: async (command) =>
      await host.bash(
        `export RESTIC_PASSWORD="$DR_SECRET"
restic() { command restic --repo ${mountPoint}/restic --no-cache --quiet "$@"; }
restic ${command}`,
        { secret: passphrase },
      ),
    freshCassette: async () => {
      const { cassettes } = await lab.status();
      for (const cassette of cassettes) {
        await lab.unplugCassette(cassette.label, { force: true });
        rmSync(lab.cassetteImagePath(cassette.label));
      }
      await copySparse(base.image, lab.cassetteImagePath(label));
      await writeMediumSerial(lab.cassetteImagePath(label), cassetteByLabel(inventory, label).serial);
      for (const [from, to] of [
        [base.custody, context.custody.directory],
        [base.secrets, join(lab.directory, 'secrets')],
      ] as const) {
        rmSync(to, { recursive: true, force: true });
        cpSync(from, to, { recursive: true });
      }
      await lab.setClock(host.name, 0);
      await lab.plugCassette(label, host.name);
    },
    forgetLedgers: async () => {
      rmSync(context.custody.directory, { recursive: true, force: true });
      await shell(`rm -f ${mountPoint}/custody*.jsonl`);
    },
    verify: async (upTo) =>
      (await verify(context, { site: 'viareggio', upTo, days: 1 }, recoverInBubble)).results,
    resetSource: async () =>
      await shell([SHARES_ROOT, STAGE, APPLICATIONS_STAGE].map(copyOfPristine).join('\n')),
    writeManifest: async () => {
      manifest = await writeManifest(host, SHARES_ROOT, MANIFEST);
      const lengths = `find ${APPLICATIONS_STAGE} -type f ! -name manifest.json -printf '%s\\n'`;
      applications = Number(await shell(`${lengths} | awk '{ sum += $1 } END { printf "%d", sum }'`));
    },
    writeSnapshot: async () => {
      const { entries, sizeBytes: bytes } = manifest ?? { entries: 0, sizeBytes: 0 };
      const { label: name } = golden;
      await writeSnapshot(host, {
        label: name,
        paths: [SHARES_ROOT, STAGE, APPLICATIONS_STAGE],
        tag: SNAPSHOT_TAG,
        size: { entries, bytes, applications },
        passphrase,
      });
      const { snapshots } = await listSnapshots(host, name, passphrase);
      const newest = snapshots.at(-1);
      const meeting = await lookAtCustody(context, 'viareggio', host);
      const repositoryId = meeting.custody.records.get(name)?.repositoryId;
      if (newest === undefined || repositoryId === undefined) return;
      const takenAtUtc = new Date(newest.time).toISOString();
      await state(context, meeting, host, [
        {
          event: {
            kind: 'written',
            label: name,
            repositoryId,
            snapshotId: newest.id,
            takenAtUtc,
            site: 'viareggio',
          },
        },
      ]);
    },
  };
}

function copyOfPristine(path: string): string {
  return `mkdir -p ${path}; rsync -aHAX --delete ${PRISTINE}${path}/ ${path}/`;
}
