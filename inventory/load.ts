/** Reads the inventory folder: every file, every error in them, all at once. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DrError, isMissingFile } from '../core/errors.ts';
import { disagreementFindings } from './disagreements.ts';
import { type Finding, finding, findingLine, type Locate, type Path, sortFindings } from './findings.ts';
import { loadNotifications } from './notifications.ts';
import { loadPeople } from './people.ts';
import { isGroup } from './plain.ts';
import { danglingFindings, duplicateFindings, sourceFindings } from './references.ts';
import { wholeRules } from './rules/whole.ts';
import { entryRules } from './rules.ts';
import { type ReadPart, readEntries } from './salvage.ts';
import { type Inventory, type InventoryFile, inventoryFiles, inventorySchema } from './schema.ts';
import { parseYamlFile, type YamlFile } from './yaml-file.ts';

export type LoadOutcome = { inventory: Inventory; findings: Finding[] } | { errors: Finding[] };

const fileNames = Object.keys(inventoryFiles).filter(isInventoryFile);

/** `directory`, else the environment's DR_INVENTORY, else the inventory that comes with the program. */
export function inventoryFolder(directory?: string): string {
  return directory ?? (process.env['DR_INVENTORY'] || import.meta.dirname);
}

/**
 * Loads and checks the inventory. Errors in it are a value, all of them at once; with none, `findings` holds the warnings and
 * the disagreements between the documents.
 * @throws DrError INVENTORY_FOLDER when the folder can't be read at all.
 */
export async function loadInventory(directory?: string): Promise<LoadOutcome> {
  const folder = inventoryFolder(directory);
  const { files, findings: fileFindings } = await readFiles(folder);
  const locate = locateIn(files);
  const raw = rawFacts(files);
  const parts = files.flatMap(({ name, data, locate: at }) =>
    data === undefined ? [] : [readEntries(inventoryFiles[name], data, at)],
  );
  const facts: Partial<Inventory> = Object.assign({}, ...parts.map((part) => part.facts));
  const found = [
    ...fileFindings,
    ...parts.flatMap((part) => part.findings),
    ...duplicateFindings(raw, locate),
    ...danglingFindings(raw, locate),
    ...sourceFindings(raw, locate),
    ...entryRules.flatMap((rule) => rule(facts, locateOriginal(parts, locate))),
  ];
  const readable = found.every((one) => one.severity !== 'error');
  const whole = readable ? wholeRules.flatMap((rule) => rule(facts, locate)) : [];
  const errors = [...found, ...whole].filter((one) => one.severity === 'error');
  if (errors.length > 0) return { errors: sortFindings(errors) };
  const inventory = inventorySchema.parse(raw, { jitless: true });
  const roles = inventory.roles.map(({ id }) => id);
  const local = await Promise.all([loadPeople(folder, roles), loadNotifications(folder)]);
  const findings = [
    ...found,
    ...whole,
    ...disagreementFindings(inventory, locate),
    ...local.flatMap((one) => one.findings),
  ];
  return { inventory, findings: sortFindings(findings) };
}

/**
 * The inventory, for those who can't work without it.
 * @throws DrError INVENTORY_INVALID naming every error as file:line:column, INVENTORY_FOLDER
 */
export async function requireInventory(directory?: string): Promise<Inventory> {
  const outcome = await loadInventory(directory);
  if ('inventory' in outcome) return outcome.inventory;
  const folder = displayFolder(inventoryFolder(directory));
  throw new DrError(
    'INVENTORY_INVALID',
    [
      `L'inventario contiene ${outcome.errors.length} errori. / The inventory holds ${outcome.errors.length} errors.`,
      ...outcome.errors.map((error) => findingLine(error, folder)),
    ].join('\n'),
    'Correggere i file e controllare con "dr check". / Correct the files and look again with "dr check".',
  );
}

/** The folder as a person would type it from here. */
export function displayFolder(folder: string): string {
  const fromHere = relative(process.cwd(), folder);
  return fromHere === '' ? '.' : fromHere.startsWith('..') ? folder : fromHere;
}

function isInventoryFile(name: string): name is InventoryFile {
  return Object.hasOwn(inventoryFiles, name);
}

type ReadFile = YamlFile & { name: InventoryFile };
type ReadOutcome = { file: ReadFile } | { problem: Finding };

async function readFiles(folder: string): Promise<{ files: ReadFile[]; findings: Finding[] }> {
  const present = await yamlNamesIn(folder);
  const strangers = present.filter((name) => !isInventoryFile(name)).map(unknownFile);
  const read = await Promise.all(fileNames.map((name) => readOne(folder, name)));
  const files = read.flatMap((outcome) => ('file' in outcome ? [outcome.file] : []));
  const missing = read.flatMap((outcome) => ('problem' in outcome ? [outcome.problem] : []));
  return { files, findings: [...strangers, ...missing, ...files.flatMap((file) => file.findings)] };
}

async function yamlNamesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => /\.ya?ml$/i.test(name));
  } catch (error) {
    throw new DrError(
      'INVENTORY_FOLDER',
      `La cartella dell'inventario "${folder}" non si può leggere. / The inventory folder cannot be read.`,
      'Indicare la cartella giusta con --inventory o con la variabile DR_INVENTORY. / Name the right folder with --inventory or DR_INVENTORY.',
      { cause: error },
    );
  }
}

async function readOne(folder: string, name: InventoryFile): Promise<ReadOutcome> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(join(folder, name)));
    return { file: { ...parseYamlFile(name, text), name } };
  } catch (error) {
    const missing = isMissingFile(error);
    const problem = finding(
      'error',
      missing ? 'FILE_MISSING' : 'FILE_UNREADABLE',
      { file: name, line: 1, column: 1 },
      missing
        ? { it: 'il file manca', en: 'the file is missing' }
        : { it: 'il file non si può leggere come testo UTF-8', en: 'the file cannot be read as UTF-8 text' },
      { it: "Rimetterlo dall'ultima versione buona.", en: 'Put it back from the last good version.' },
    );
    return { problem };
  }
}

function unknownFile(name: string): Finding {
  return finding(
    'error',
    'FILE_UNKNOWN',
    { file: name, line: 1, column: 1 },
    { it: "questo file non fa parte dell'inventario", en: 'this file is no part of the inventory' },
    { it: `I file sono: ${fileNames.join(', ')}.`, en: `The files are: ${fileNames.join(', ')}.` },
  );
}

/** The plain values of all files together; a key that another file owns was reported already and is left out. */
function rawFacts(files: readonly ReadFile[]): Record<string, unknown> {
  return Object.fromEntries(
    files.flatMap(({ name, data }) =>
      Object.entries(isGroup(data) ? data : {}).filter(([key]) => Object.hasOwn(inventoryFiles[name], key)),
    ),
  );
}

function locateIn(files: readonly ReadFile[]): Locate {
  return (path, part) => {
    const owner = files.find(({ name }) => Object.hasOwn(inventoryFiles[name], path[0] ?? ''));
    return owner?.locate(path, part) ?? { file: '.', line: 1, column: 1 };
  };
}

/** Entries that could not be read were left out of the facts, so an index in the facts is not the one in the file. */
function locateOriginal(parts: readonly ReadPart[], locate: Locate): (path: Path) => ReturnType<Locate> {
  return ([key, index, ...rest]) => {
    if (key === undefined || index === undefined) return locate([key ?? '']);
    const kept = parts.find((part) => part.keptIndices.has(String(key)))?.keptIndices.get(String(key));
    return locate([key, typeof index === 'number' ? (kept?.[index] ?? index) : index, ...rest]);
  };
}
