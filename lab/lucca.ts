/** Makes the bare hosts of a lab into Lucca: office files, domain, file server, workstations, applications. */
import { join } from 'node:path';
import { serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { type DosAttributes, setDosAttributes } from '../platforms/samba/file-server.ts';
import { withHost } from '../platforms/ssh.ts';
import { loadContext, type ScriptContext } from '../scripts/context.ts';
import { membershipAt } from '../scripts/serve-shares.ts';
import { SiteStack, type StackPlace } from '../stacks/engine.ts';
import { type DataTree, generateDataTree } from './data.ts';
import type { Lab } from './lab.ts';
import { makeProducts } from './products.ts';
import { labSecrets, labSecretsFolder } from './secrets.ts';

/** On the file server's disk: the tree's DOS attributes are set. */
const MARKED = '/srv/.dr-lab-marked';

/** What scripts and stacks need to work in a lab. */
export type LabSurroundings = { context: ScriptContext; place: StackPlace };

/** Makes the lab's secrets where they are missing and opens its hosts to the scripts. */
export async function labSurroundings(
  lab: Lab,
  onProgress: (text: string) => void,
): Promise<LabSurroundings> {
  const secrets = labSecretsFolder(lab.directory);
  const context = await loadContext({ access: lab.accessFile, secrets, custody: lab.custody }, onProgress);
  await labSecrets(lab.directory, context.inventory);
  const place = {
    directory: join(lab.directory, 'pulumi'),
    backendUrl: process.env['DR_PULUMI_BACKEND'],
    environment: { DR_ACCESS: lab.accessFile, DR_SECRETS: secrets },
  };
  return { context, place };
}

/** Fills and starts Lucca; a Lucca that works already is left as it is. */
export async function buildLucca(
  lab: Lab,
  inventory: Inventory,
  dataBytes: number,
  onProgress: (text: string) => void,
): Promise<void> {
  await buildLuccaWith(inventory, dataBytes, await labSurroundings(lab, onProgress));
}

/** Like {@link buildLucca}, for who has opened the surroundings already. */
export async function buildLuccaWith(
  inventory: Inventory,
  dataBytes: number,
  surroundings: LabSurroundings,
): Promise<void> {
  await Promise.all([
    buildSite(inventory, dataBytes, surroundings),
    makeProducts(surroundings.context, inventory, 'lucca'),
  ]);
}

async function buildSite(
  inventory: Inventory,
  dataBytes: number,
  { context, place }: LabSurroundings,
): Promise<void> {
  const { progress: onProgress } = context;
  const server = serverAt(inventory, 'lucca', 'file-server').name;
  const tree = await generateDataTree(context.access, {
    host: server,
    shares: inventory.shares,
    sizeBytes: dataBytes,
    onProgress,
  });
  const stack = await SiteStack.open('lucca', { role: 'active' }, place);
  await stack.up((event) => {
    if (event.kind === 'started' && event.operation !== 'same') onProgress(event.resource);
    if (event.kind === 'progress' || event.kind === 'message') onProgress(event.text);
  });
  await withHost(context.access, server, async (host) => {
    // A build that was cut off between the tree and its marks finds the tree unchanged.
    if (!tree.changed && (await host.try(`test -e ${MARKED}`)).exitCode === 0) return;
    const membership = await membershipAt(context, 'lucca');
    const fqdn = `${server}.${inventory.domain.dnsDomain}`;
    await setDosAttributes(host, membership, fqdn, dosAttributes(inventory, tree));
    await host.bash(`touch ${MARKED}`);
  });
}

function dosAttributes(inventory: Inventory, tree: DataTree): DosAttributes {
  const marked = (paths: readonly string[], attribute: DosAttributes[number]['attribute']): DosAttributes =>
    paths.flatMap((path) => {
      const share = inventory.shares.find(({ folder }) => path.startsWith(`${folder}/`));
      return share ? [{ share: share.name, path: path.slice(share.folder.length + 1), attribute }] : [];
    });
  return [...marked(tree.readOnly, 'read-only'), ...marked(tree.hidden, 'hidden')];
}
