/** What a Command takes in and gives back, and the forms in which the engine sends values. */
import { z } from 'zod';

/**
 * Inputs of `command:local:Command` 1.2.1. `logging` is any text, as in the official plugin: a value that it does not know logs nothing.
 */
export const inputsSchema = z.strictObject({
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  stdin: z.string().optional(),
  dir: z.string().optional(),
  logging: z.string().optional(),
  interpreter: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  assetPaths: z.array(z.string()).optional(),
  archivePaths: z.array(z.string()).optional(),
  triggers: z.array(z.unknown()).optional(),
  addPreviousOutputInEnv: z.boolean().optional(),
});
export type CommandInputs = z.infer<typeof inputsSchema>;

/** A property bag as the engine sends it: secrets and assets are marked objects inside it. */
export type Bag = Record<string, unknown>;
export const bagSchema = z.record(z.string(), z.unknown());

/** Outputs that a run of the command makes; everything else in the state is the inputs, as they came. */
export const outputNames = ['stdout', 'stderr', 'assets', 'archive'] as const;

/** Nothing but these two: the rest of an old state must not come back as plain values. */
const previousSchema = z.object({ stdout: z.string().default(''), stderr: z.string().default('') });

/** Marks of the engine's wire format (sdk/nodejs/runtime/rpc.ts). */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const ASSET = 'c44067f5952c0a294b673a41bacd8c17';
const ARCHIVE = '0def7320c3a5731c473e5ecbe6d01bc7';
/** What stands for a value that is not known before `up`. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

const secretSchema = z.object({ [SIGNATURE]: z.literal(SECRET), value: z.unknown() });

export function fileAsset(path: string, sha256: string): Bag {
  return { [SIGNATURE]: ASSET, path, hash: sha256 };
}

export function archiveOf(assets: Bag): Bag {
  return { [SIGNATURE]: ARCHIVE, assets };
}

/** The plain values a command needs. Only for use: the state keeps the marked form, so that a secret stays one. */
export function plainInputs(bag: Bag): CommandInputs {
  const inputs = Object.entries(bag).filter(([name]) => name in inputsSchema.shape);
  return inputsSchema.parse(withoutMarks(Object.fromEntries(inputs)));
}

/** stdout and stderr of the command's last run, empty before the first. */
export function previousOutput(state: Bag): { stdout: string; stderr: string } {
  return previousSchema.parse(withoutMarks(state));
}

/** What is wrong with these inputs, by property. A value that is not known yet is never wrong. */
export function inputProblems(bag: Bag): { property: string; reason: string }[] {
  const known = Object.fromEntries(Object.entries(bag).filter(([, value]) => !containsUnknown(value)));
  const result = inputsSchema.safeParse(withoutMarks(known));
  return (result.error?.issues ?? []).map(({ path, message }) => ({
    property: path.join('.'),
    reason: message,
  }));
}

function withoutMarks(value: unknown): unknown {
  const secret = secretSchema.safeParse(value);
  if (secret.success) return withoutMarks(secret.data.value);
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutMarks(each)]));
}

function containsUnknown(value: unknown): boolean {
  return JSON.stringify(value).includes(UNKNOWN);
}
