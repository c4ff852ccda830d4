/** `dr lab`: make a lab, look at it, break it, and take it away. */
import type { Command } from 'commander';
import { DrError } from '../core/errors.ts';
import { formatBytes, parseSize } from '../core/sizes.ts';
import { formatDurationMs, monotonicMs } from '../core/time.ts';
import { requireInventory } from '../inventory/load.ts';
import type { Inventory } from '../inventory/schema.ts';
import { DEFAULT_DATA_BYTES, dataDiskBytesFor, generateDataTree } from '../lab/data.ts';
import { type Disaster, disasters } from '../lab/disasters.ts';
import { type Lab, labDown, labDownAll, labUp, listLabs, openLab } from '../lab/lab.ts';
import { openShell } from '../lab/shell.ts';
import { loadAccess } from '../platforms/access.ts';
import { labStatusText } from './lab-text.ts';

/** Not the drill's own lab, which each drill makes anew. */
const DEFAULT_LAB = 'lab';

type Named = { name: string; json?: boolean };
export type LabUpFlags = Named & { data?: string; rate?: string; loss?: string; bare?: boolean };
export type LabWanFlags = Named & { rate?: string; loss?: string };
export type LabDownFlags = Named & { all?: boolean };

/** What makes the empty hosts of a new lab into Lucca. */
export type Populate = (
  lab: Lab,
  inventory: Inventory,
  dataBytes: number,
  onProgress: (text: string) => void,
) => Promise<void>;

/** Adds `dr lab` and its verbs. `populate` fills Lucca after `up` (default: the office files only). */
export function registerLab(program: Command, populate: Populate = writeOfficeFiles): void {
  const lab = program
    .command('lab')
    .description(
      'Due sedi finte su questa macchina, per provare e distruggere. / Two pretend sites on this machine, to try and to destroy.',
    );
  verb(lab, 'up', 'Crea il laboratorio, o accende ciò che manca. / Make the lab, or turn on what is missing.')
    .option('--data <size>', 'file degli uffici a Lucca / office files at Lucca', '200m')
    .option('--rate <mbit>', 'velocità del collegamento / rate of the link, Mbit/s')
    .option('--loss <percent>', 'pacchetti persi in ogni verso / packets lost in each direction')
    .option('--bare', 'solo host vuoti / empty hosts only')
    .action(async (flags: LabUpFlags) => await upLab(flags, populate));
  verb(lab, 'status', 'Host, collegamento, switch, cassette. / Hosts, link, switch, cassettes.').action(
    async (flags: Named) => await printStatus(await openLab(flags.name), flags),
  );
  verb(lab, 'list', 'I laboratori su questa macchina. / The labs on this machine.').action(printLabs);
  verb(lab, 'shell', 'Apre una shell su un host. / Open a shell on a host.')
    .argument('<host>', 'macchina / host')
    .argument('[command...]', 'comando da eseguire / command to run')
    .action(async (host: string, command: string[], flags: Named) => {
      process.exitCode = await openShell((await openLab(flags.name)).accessFile, host, command);
    });
  verb(lab, 'disaster', 'D1 tutto distrutto, D2 spento e isolato, D3 perso il file server. / The scenarios.')
    .argument('<scenario>', `scenario del piano / of the plan: ${disasters.join(', ')}`)
    .action(disasterLab);
  verb(lab, 'wan', 'Cambia il collegamento fra le sedi. / Change the link between the sites.')
    .argument('[state]', 'su o giù / on or off: up, down')
    .option('--rate <mbit>', 'velocità / rate, Mbit/s')
    .option('--loss <percent>', 'pacchetti persi in ogni verso / packets lost in each direction, %')
    .action(wanLab);
  verb(lab, 'line', 'Taglia o ripara una linea verso i fornitori. / Cut or mend a line to the suppliers.')
    .argument('<line>', 'linea / line: primary, backup')
    .argument('<state>', 'su o giù / on or off: up, down')
    .action(lineLab);
  verb(lab, 'down', 'Toglie il laboratorio senza lasciare nulla. / Take the lab away, leaving nothing.')
    .option('--all', 'tutti i laboratori / every lab')
    .action(downLab);
}

function verb(lab: Command, name: string, description: string): Command {
  return lab
    .command(name)
    .description(description)
    .option('--name <name>', 'nome del laboratorio / name of the lab', DEFAULT_LAB)
    .option('--json', 'un oggetto JSON su stdout / one JSON object on stdout');
}

/** Makes the lab, fills it, and prints what there is. */
export async function upLab(flags: LabUpFlags, populate: Populate = writeOfficeFiles): Promise<void> {
  const startedMs = monotonicMs();
  const inventory = await requireInventory();
  const dataBytes = flags.data === undefined ? DEFAULT_DATA_BYTES : parseSize(flags.data);
  const lab = await labUp({
    name: flags.name,
    inventory,
    dataDiskBytes: dataDiskBytesFor(dataBytes),
    ...optionalNumber('rateMbit', flags.rate, '--rate'),
    ...optionalNumber('lossPercent', flags.loss, '--loss'),
    onProgress,
  });
  if (flags.bare !== true) await populate(lab, inventory, dataBytes, onProgress);
  onProgress(`Pronto in ${formatDurationMs(monotonicMs() - startedMs)}. / Ready.`);
  await printStatus(lab, flags);
}

/** The office files on the primary site's file server; a lab that has them already is left as it is. */
export const writeOfficeFiles: Populate = async (lab, inventory, sizeBytes, report) => {
  const primary = inventory.sites.find((site) => site.role === 'primary');
  const server = lab.hosts.find((host) => host.site === primary?.id && host.kind === 'file-server');
  if (server === undefined) return;
  const access = await loadAccess(lab.accessFile);
  const tree = await generateDataTree(access, {
    host: server.name,
    shares: inventory.shares,
    sizeBytes,
    onProgress: report,
  });
  report(
    `File degli uffici su ${server.name}: ${tree.files} (${formatBytes(tree.bytes)})${tree.changed ? '' : ', già presenti / already there'}`,
  );
};

async function disasterLab(scenario: string, flags: Named): Promise<void> {
  const lab = await openLab(flags.name);
  await lab.disaster(requireDisaster(scenario));
  await printStatus(lab, flags);
}

async function wanLab(state: string | undefined, flags: LabWanFlags): Promise<void> {
  const lab = await openLab(flags.name);
  await lab.setWan({
    ...(state !== undefined && { up: requireLinkState(state) }),
    ...optionalNumber('rateMbit', flags.rate, '--rate'),
    ...optionalNumber('lossPercent', flags.loss, '--loss'),
  });
  await printStatus(lab, flags);
}

async function lineLab(line: string, state: string, flags: Named): Promise<void> {
  const lab = await openLab(flags.name);
  await lab.setLine(line, requireLinkState(state));
  await printStatus(lab, flags);
}

async function downLab(flags: LabDownFlags): Promise<void> {
  const startedMs = monotonicMs();
  const names = flags.all === true ? await labDownAll() : [flags.name];
  if (flags.all !== true) await labDown(flags.name);
  if (flags.json === true) print(JSON.stringify({ down: names }));
  else
    print(
      `Tolto in ${formatDurationMs(monotonicMs() - startedMs)}: ${names.join(', ') || '-'}. / Taken away.`,
    );
}

async function printLabs(flags: Named): Promise<void> {
  const labs = await listLabs();
  if (flags.json === true) print(JSON.stringify(labs));
  else print(labs.map((lab) => `${lab.name}  ${lab.state}`).join('\n') || 'Nessun laboratorio. / No lab.');
}

async function printStatus(lab: Lab, flags: Named): Promise<void> {
  const status = await lab.status();
  print(flags.json === true ? JSON.stringify(status) : labStatusText(status));
}

function requireDisaster(text: string): Disaster {
  const disaster = disasters.find((known) => known === text.toUpperCase());
  if (disaster !== undefined) return disaster;
  throw new DrError(
    'DISASTER',
    `"${text}" non è uno scenario del piano. / It is not a scenario of the plan.`,
    `Scenari / scenarios: ${disasters.join(', ')}`,
  );
}

function requireLinkState(text: string): boolean {
  if (text === 'up' || text === 'down') return text === 'up';
  throw new DrError(
    'WAN_SETTING',
    `"${text}" non è uno stato del collegamento. / It is not a state of the link.`,
    'Scrivere up oppure down. / Type up or down.',
  );
}

/** An option that was not given stays out of the object, so that what it would change is kept. */
function optionalNumber<Key extends string>(
  key: Key,
  text: string | undefined,
  flag: string,
): Partial<Record<Key, number>> {
  if (text === undefined) return {};
  const value = Number(text.replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new DrError(
      'OPTION',
      `${flag} vuole un numero, non "${text}". / It takes a number.`,
      `Per esempio / for example: ${flag} 10`,
    );
  }
  const option: Partial<Record<Key, number>> = {};
  option[key] = value;
  return option;
}

function onProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
