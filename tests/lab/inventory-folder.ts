/** An inventory folder with fewer (or more) hosts and desks, for stacks and scripts, which read it by DR_INVENTORY. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { requireInventory } from '../../inventory/load.ts';
import type { Inventory } from '../../inventory/schema.ts';

const original = resolve(import.meta.dirname, '../../inventory');

/**
 * Copies the inventory to `folder` with only these hosts, their desks and the applications that have a server at both sites, and
 * makes everything in this process use it.
 */
export async function useInventory(
  folder: string,
  hosts: readonly string[],
  edit: (folder: string) => void = () => undefined,
): Promise<Inventory> {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(original).filter((file) => file.endsWith('.yaml'))) {
    cpSync(join(original, name), join(folder, name));
  }
  editYaml(join(folder, 'hosts.yaml'), (document) => {
    keep(document, 'hosts', 'name', hosts);
    keep(document, 'desks', 'workstation', hosts);
  });
  editYaml(join(folder, 'applications.yaml'), (document) => {
    keepItems(document, 'applications', (item) =>
      ['lucca', 'viareggio'].every((site) => hosts.includes(String(item.getIn(['servers', site])))),
    );
  });
  edit(folder);
  process.env['DR_INVENTORY'] = folder;
  return await requireInventory(folder);
}

/** Changes a YAML file through its document. */
export function editYaml(path: string, change: (document: Document) => void): void {
  const document = parseDocument(readFileSync(path, 'utf8'));
  change(document);
  writeFileSync(path, document.toString());
}

function keep(document: Document, list: string, key: string, names: readonly string[]): void {
  keepItems(document, list, (item) => names.includes(String(item.get(key))));
}

function keepItems(document: Document, list: string, wanted: (item: YAMLMap) => boolean): void {
  const items = document.get(list);
  if (!isSeq(items)) throw new Error(`${list} is no list`);
  items.items = items.items.filter((item) => isMap(item) && wanted(item));
}
