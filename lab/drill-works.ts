/** The machine steps that only a drill has: a lab, a Lucca at work in it, a backup, a disaster, a cassette carried to Viareggio. */
import { DrError } from '../core/errors.ts';
import { applicationsAt, roleById, serverAt, siteById } from '../inventory/lookup.ts';
import type { Cassette, Inventory } from '../inventory/schema.ts';
import type { RunWatch } from '../runbooks/works/site-watch.ts';
import { type SiteSurroundings, siteWorks, within } from '../runbooks/works/site-works.ts';
import type { Work, Works } from '../runbooks/works/work.ts';
import { backup } from '../scripts/backup.ts';
import { receiveCassette, sendCassette } from '../scripts/custody.ts';
import { dataDiskBytesFor } from './data.ts';
import type { Disaster } from './disasters.ts';
import { type Injection, inject } from './inject.ts';
import { type Lab, labUp, openLab } from './lab.ts';
import { buildLuccaWith, labSurroundings } from './lucca.ts';

export const DRILL_LAB = 'drill';

export type DrillWorkOptions = {
  inventory: Inventory;
  scenario: Disaster;
  dataBytes: number;
  inject: readonly Injection[];
  unattended: boolean;
  onDetail: (text: string) => void;
};

/** Room for the data, which office files fill with little to compress, and as much again for later snapshots. */
const CASSETTE_ROOM = 2;
const CASSETTE_MINIMUM_BYTES = 2 * 1024 ** 3;

/** How the note of a damage begins, by which a run gone on with knows that it was done. */
const damageNote = (injection: Injection): string => `Danno provocato di proposito (${injection}):`;

export function drillWorks(options: DrillWorkOptions): { works: Works; watch: RunWatch } {
  const { inventory, dataBytes, onDetail } = options;
  const surroundings = async (): Promise<SiteSurroundings> =>
    await labSurroundings(await openLab(DRILL_LAB), onDetail);
  const { works: atViareggio, watch } = siteWorks({
    surroundings,
    role: 'exercise',
    attended: !options.unattended,
    beforeVerification: async (recorder) => {
      // What a person has mended and verifies anew is not broken again, nor twice after a kill: a byte changed twice is the old one.
      const due = options.inject.filter((injection) => !recorder.hasNoted(damageNote(injection)));
      if (due.length === 0) return;
      const lab = await openLab(DRILL_LAB);
      const { access } = (await surroundings()).context;
      for (const injection of new Set(due)) {
        const what = await inject(lab, access, inventory, injection);
        recorder.note(
          `${damageNote(injection)} ${what}`,
          `Damage done on purpose (${injection}): ${what}`,
          'measured',
        );
      }
    },
  });
  const works: Works = {
    ...atViareggio,
    lab: async () => {
      await makeLab(options);
      return { outcome: 'done', detail: '' };
    },
    lucca: async ({ signal }) => {
      await buildLuccaWith(inventory, dataBytes, within(await surroundings(), signal));
      return { outcome: 'done', detail: '' };
    },
    backup: backupWork(options, surroundings),
    disaster: disasterWork(options),
    cassette: async (context) => {
      await plugAtViareggio(inventory);
      const { label } = dailyCassette(inventory);
      const { context: hosts } = within(await surroundings(), context.signal);
      await receiveCassette(hosts, { label, site: 'viareggio', by: carrierOf(inventory) });
      return (await atViareggio.cassette?.(context)) ?? { outcome: 'done', detail: '' };
    },
  };
  return { works, watch };
}

async function makeLab({ inventory, dataBytes, onDetail }: DrillWorkOptions): Promise<Lab> {
  return await labUp({
    name: DRILL_LAB,
    inventory,
    dataDiskBytes: dataDiskBytesFor(dataBytes),
    onProgress: onDetail,
  });
}

function backupWork(options: DrillWorkOptions, surroundings: () => Promise<SiteSurroundings>): Work {
  const { inventory, dataBytes } = options;
  return async ({ recorder, signal }) => {
    const lab = await openLab(DRILL_LAB);
    const { label, serial } = dailyCassette(inventory);
    await unlessThere('CASSETTE_EXISTS', async () => {
      await lab.createCassetteDisk({
        label,
        serial,
        sizeBytes: Math.max(CASSETTE_MINIMUM_BYTES, dataBytes * CASSETTE_ROOM),
      });
    });
    const fileServer = serverAt(inventory, 'lucca', 'file-server').name;
    await unlessThere('CASSETTE_PLUGGED', async () => await lab.plugCassette(label, fileServer));
    const { context } = within(await surroundings(), signal);
    const controller = serverAt(inventory, 'lucca', 'domain-controller').name;
    const taken = await backup(context, { fileServer, controller, label });
    const by = carrierOf(inventory);
    await sendCassette(context, { label, from: 'lucca', to: 'viareggio', by });
    await lab.unplugCassette(label);
    recorder.noteOnce(
      "La copia è stata fatta pochi secondi prima del disastro: la perdita di dati misurata qui è quella dell'esercitazione, non quella di una cassetta del giorno prima.",
      "The backup was taken seconds before the disaster: the data loss measured here is the drill's, not that of yesterday's cassette.",
      'simulated',
    );
    const { entries, sizeBytes } = taken.manifest;
    return { outcome: 'done', detail: `${taken.snapshotId.slice(0, 8)}: ${entries} file, ${sizeBytes} byte` };
  };
}

/** Each application whose product only stands for the office's own: what was restored says nothing of that one. */
export function standInNotes(inventory: Inventory): { it: string; en: string }[] {
  return applicationsAt(inventory, 'viareggio').flatMap(({ nameIt, nameEn, product }) => {
    if (!product.standIn) return [];
    const { name, reasonIt, reasonEn } = product;
    return [
      {
        it: `${nameIt}: in questa esercitazione è ${name}, al posto del prodotto dell'ufficio (${reasonIt}). Si prova il modo di ripristinare, non quel prodotto.`,
        en: `${nameEn}: in this drill it is ${name}, in the place of the office's own product (${reasonEn}). The way of restoring is tried, not that product.`,
      },
    ];
  });
}

function disasterWork({ inventory, scenario }: DrillWorkOptions): Work {
  return async ({ recorder }) => {
    const lab = await openLab(DRILL_LAB);
    await lab.disaster(scenario);
    recorder.milestone('event', 'measured');
    recorder.noteOnce(
      "I servizi dei fornitori di questa esercitazione sono server del laboratorio, dietro un'autorità del laboratorio: si prova la sonda, non i fornitori.",
      "The suppliers' services of this drill are servers of the lab, behind an authority of the lab's own: the probe is tried, not the suppliers.",
      'simulated',
    );
    for (const { it, en } of standInNotes(inventory)) recorder.noteOnce(it, en, 'simulated');
    // An exercise is carried out where Lucca cannot be reached; after D3 its domain controller still answers.
    await lab.setWan({ up: false });
    return { outcome: 'done', detail: scenario };
  };
}

async function plugAtViareggio(inventory: Inventory): Promise<void> {
  const lab = await openLab(DRILL_LAB);
  const { name } = serverAt(inventory, 'viareggio', 'file-server');
  const { label } = dailyCassette(inventory);
  await unlessThere('CASSETTE_PLUGGED', async () => await lab.plugCassette(label, name));
}

/** The role that keeps the keys of Viareggio: whoever carries the cassette there can get in. @throws DrError INVENTORY_LOOKUP */
function carrierOf(inventory: Inventory): string {
  const [role] = siteById(inventory, 'viareggio').keysHeldByRoles;
  return roleById(inventory, role ?? '').id;
}

/** A step that was cut off after it had done this finds it done. */
async function unlessThere(code: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== code) throw error;
  }
}

/** @throws DrError INVENTORY_LOOKUP */
function dailyCassette(inventory: Inventory): Cassette {
  const cassette = inventory.cassettes.find(
    ({ rotation, homeSite }) => rotation === 'daily' && homeSite === inventory.rotation.custody.site,
  );
  if (cassette !== undefined) return cassette;
  throw new DrError(
    'INVENTORY_LOOKUP',
    'Nessuna cassetta giornaliera ha sede a Viareggio. / No daily cassette is kept at Viareggio.',
    'Dichiararla in inventory/cassettes.yaml. / Declare one there.',
  );
}
