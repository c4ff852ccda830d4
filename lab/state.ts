/** lab.json: what a lab was made from. What it is doing now is never written down but looked up in the kernel (status.ts). */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { DrError, isMissingFile } from '../core/errors.ts';
import { hostKinds } from '../inventory/schema.ts';
import type { LabPaths } from './paths.ts';

const siteSchema = z.strictObject({ id: z.string(), cidr: z.string(), gateway: z.string() });
export type LabSite = z.infer<typeof siteSchema>;

const hostSchema = z.strictObject({
  name: z.string(),
  site: z.string(),
  kind: z.enum(hostKinds),
  address: z.string(),
  bridge: z.string(),
  /** The interface at the bridge's end of the host's cable. */
  port: z.string(),
});
export type LabHost = z.infer<typeof hostSchema>;

const wanSchema = z.strictObject({
  up: z.boolean(),
  rateMbit: z.number().positive(),
  /** In each direction. */
  lossPercent: z.number().min(0).max(100),
});
export type LabWan = z.infer<typeof wanSchema>;

/** A line from the secondary site to the suppliers. */
const lineSchema = z.strictObject({
  id: z.string(),
  gateway: z.string(),
  resolver: z.string(),
  up: z.boolean(),
});
export type LabLine = z.infer<typeof lineSchema>;

/** A page that a server of the lab's internet gives. */
const supplierSchema = z.strictObject({
  host: z.string(),
  port: z.number(),
  path: z.string(),
  status: z.number(),
  contains: z.string(),
  address: z.string(),
});
export type LabSupplier = z.infer<typeof supplierSchema>;

const labStateSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  createdAtUtc: z.iso.datetime(),
  domain: z.string(),
  primary: siteSchema,
  secondary: siteSchema,
  deskPorts: z.number().int().nonnegative(),
  dataDiskBytes: z.number().positive(),
  hosts: z.array(hostSchema),
  wan: wanSchema,
  lines: z.array(lineSchema),
  suppliers: z.array(supplierSchema),
});
export type LabState = z.infer<typeof labStateSchema>;

/**
 * Undefined when the lab has none.
 * @throws DrError LAB_STATE when the file is not what `dr lab up` writes.
 */
export async function readLabState(paths: LabPaths): Promise<LabState | undefined> {
  let text: string;
  try {
    text = await readFile(paths.stateFile, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
  try {
    return labStateSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new DrError(
      'LAB_STATE',
      `"${paths.stateFile}" non è leggibile. / It cannot be read as a lab's state.`,
      `Rifare il laboratorio: "dr lab down --name ${paths.name}", poi "dr lab up". / Make the lab anew.`,
      { cause: error },
    );
  }
}

/** The file is replaced at once, so that a killed writer leaves the old one whole. */
export async function writeLabState(paths: LabPaths, state: LabState): Promise<void> {
  const partial = `${paths.stateFile}.new`;
  await writeFile(partial, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(partial, paths.stateFile);
}
