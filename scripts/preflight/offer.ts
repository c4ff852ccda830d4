/** Does the hardware that the supplier offers satisfy what a restore needs (plan 2.5)? */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Check, judge, runCheck } from '../../core/check.ts';
import { DrError } from '../../core/errors.ts';
import { findingLine } from '../../inventory/findings.ts';
import { issueFindings } from '../../inventory/issues.ts';
import { desksAt } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import { count, hours, isoDate, positiveCount, words } from '../../inventory/schema-common.ts';
import { parseYamlFile } from '../../inventory/yaml-file.ts';
import { roomFor, type SnapshotSize } from './capacity.ts';
import { judgeLoad } from './site.ts';

const server = z.strictObject({
  processori: positiveCount,
  memoriaGb: hours,
  discoGb: hours,
  watt: positiveCount,
});
/** Keys are Italian: an office or a supplier fills the file in. */
export const offerSchema = z.strictObject({
  fornitore: words,
  data: isoDate,
  consegnaOre: z.number().nonnegative(),
  controllerDiDominio: server,
  fileServer: server,
  serverApplicativo: server,
  postazioni: z.strictObject({
    numero: count,
    memoriaGb: hours,
    lettoriSmartCard: count,
    watt: positiveCount,
  }),
  switch: z.strictObject({ porte: count, watt: positiveCount }),
  gruppoDiContinuita: z.strictObject({ watt: positiveCount }),
});
export type Offer = z.infer<typeof offerSchema>;

/** What Debian with Samba needs at least; assumptions of this project, not of the plan. */
const MINIMUM = { cores: 2, serverMemoryGb: 4, systemDiskGb: 32, workstationMemoryGb: 4 } as const;
/** As in the check of the disk: room for work after the restore. */
const DISK_MARGIN = 1.2;
const BYTES_A_GB = 1e9;

/** The file to fill in. */
export async function offerTemplate(): Promise<string> {
  return await readFile(new URL('offer.template.yaml', import.meta.url), 'utf8');
}

/** Reads a filled-in offer. @throws DrError OFFER_FILE naming every mistake as file:line:column */
export async function loadOffer(path: string): Promise<Offer> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw offerError(path, [error instanceof Error ? error.message : String(error)]);
  });
  const { data, findings, locate } = parseYamlFile(path, text);
  if (findings.length > 0)
    throw offerError(
      path,
      findings.map((found) => findingLine(found)),
    );
  const parsed = offerSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw offerError(
    path,
    issueFindings(parsed.error.issues, data, locate).map((found) => findingLine(found)),
  );
}

/** Every requirement beside what is offered. `size` is the newest snapshot's, where it is known. */
export async function checkOffer(
  inventory: Inventory,
  siteId: string,
  offer: Offer,
  size: SnapshotSize | undefined,
): Promise<Check[]> {
  const desks = desksAt(inventory, siteId).length;
  const {
    controllerDiDominio: controller,
    fileServer,
    serverApplicativo: application,
    postazioni: seats,
  } = offer;
  const cards = inventory.workstationServices.some((service) => service.cards.length > 0) ? desks : 0;
  const load =
    controller.watt + fileServer.watt + application.watt + seats.numero * seats.watt + offer.switch.watt;
  return await Promise.all([
    atLeast('controller', 'Controller di dominio', 'Domain controller', [
      ['core', controller.processori, MINIMUM.cores],
      ['GB RAM', controller.memoriaGb, MINIMUM.serverMemoryGb],
      ['GB disco / disk', controller.discoGb, MINIMUM.systemDiskGb],
    ]),
    atLeast('file-server', 'File server', 'File server', [
      ['core', fileServer.processori, MINIMUM.cores],
      ['GB RAM', fileServer.memoriaGb, MINIMUM.serverMemoryGb],
    ]),
    atLeast('application-server', 'Server applicativo', 'Application server', [
      ['core', application.processori, MINIMUM.cores],
      ['GB RAM', application.memoriaGb, MINIMUM.serverMemoryGb],
      ['GB disco / disk', application.discoGb, MINIMUM.systemDiskGb],
    ]),
    runCheck(
      { id: 'offer.disk', titleIt: 'Disco del file server', titleEn: "File server's disk" },
      async () => {
        if (size === undefined)
          throw new Error(
            'Dimensione dello snapshot non nota: indicare --label. / Size of the snapshot not known: name --label.',
          );
        const needed = Math.ceil((roomFor(size) * DISK_MARGIN) / BYTES_A_GB);
        const numbers = `${fileServer.discoGb} GB, servono / needed ${needed} GB`;
        return await Promise.resolve(judge(fileServer.discoGb < needed ? [numbers] : [], numbers));
      },
    ),
    atLeast('workstations', 'Postazioni', 'Workstations', [
      ['postazioni / workstations', seats.numero, desks],
      ['GB RAM', seats.memoriaGb, MINIMUM.workstationMemoryGb],
      ['lettori / card readers', seats.lettoriSmartCard, cards],
    ]),
    atLeast('switch', 'Switch', 'Switch', [['porte / ports', offer.switch.porte, desks]]),
    runCheck(
      { id: 'offer.ups', titleIt: 'Gruppo di continuità', titleEn: 'UPS' },
      async () => await Promise.resolve(judgeLoad(load, offer.gruppoDiContinuita.watt)),
    ),
    runCheck(
      { id: 'offer.delivery', titleIt: "Consegna entro l'RTO", titleEn: 'Delivery within the RTO' },
      async () => {
        const { rtoHours } = inventory.targets.fileServerAndDomain;
        const numbers = `${offer.consegnaOre} h, RTO ${rtoHours} h`;
        return await Promise.resolve(judge(offer.consegnaOre >= rtoHours ? [numbers] : [], numbers));
      },
    ),
  ]);
}

type Requirement = readonly [what: string, offered: number, needed: number];

async function atLeast(
  id: string,
  titleIt: string,
  titleEn: string,
  required: readonly Requirement[],
): Promise<Check> {
  return await runCheck({ id: `offer.${id}`, titleIt, titleEn }, async () => {
    const short = required.filter(([, offered, needed]) => offered < needed);
    return await Promise.resolve(judge(short.map(inWords), required.map(inWords).join('\n')));
  });
}

function inWords([what, offered, needed]: Requirement): string {
  return `${offered} ${what}, almeno / at least ${needed}`;
}

function offerError(path: string, lines: readonly string[]): DrError {
  return new DrError(
    'OFFER_FILE',
    [`L'offerta "${path}" non si può usare. / The offer cannot be used.`, ...lines].join('\n'),
    'Correggere il file; "dr preflight --template" ne scrive uno vuoto. / Correct the file; "dr preflight --template" writes an empty one.',
  );
}
