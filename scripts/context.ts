/** What every script is given, and how it is started by hand: named arguments, progress on stderr, one JSON object on stdout. */
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { type CustodyPlace, custodyDirectory } from '../cassette/place.ts';
import { DrError, toErrorRecord } from '../core/errors.ts';
import { whenTold } from '../core/signals.ts';
import { readChecked } from '../inventory/checked.ts';
import type { Inventory } from '../inventory/schema.ts';
import { type Access, loadAccess } from '../platforms/access.ts';
import { readSecret, type SecretName } from '../platforms/secrets.ts';

export type ScriptContext = {
  inventory: Inventory;
  access: Access;
  secret: (name: SecretName) => Promise<string>;
  /** A line for people about what is being done. */
  progress: (text: string) => void;
  /** Where the ledgers of custody lie, and the keys that sign in them. */
  custody: CustodyPlace;
};

/** What opens the cassette of that label. @throws DrError SECRET_MISSING, SECRET_EXPOSED */
export async function passphraseOf({ inventory, secret }: ScriptContext, label: string): Promise<string> {
  return await secret(passphraseName(inventory, label));
}

/** The secret that opens the cassette of that label; one that no inventory knows is opened by what opens most. */
export function passphraseName({ cassettes }: Inventory, label: string): SecretName {
  return cassettes.find((cassette) => cassette.label === label)?.key ?? 'cassette-passphrase';
}

/** Where a script finds its surroundings; each has an environment variable, so that a stack need not repeat them. */
export type Surroundings = {
  access?: string | undefined;
  secrets?: string | undefined;
  inventory?: string | undefined;
  /** Folder of the ledgers of custody. */
  custody?: string | undefined;
};

const surroundingOptions = {
  access: { type: 'string' },
  secrets: { type: 'string' },
  inventory: { type: 'string' },
  custody: { type: 'string' },
} as const;

const SURROUNDINGS_HELP = `  --access FILE      come si raggiungono gli host / how hosts are reached (DR_ACCESS; inventory/local/access.yaml)
  --secrets DIR      cartella dei segreti / folder of secrets (DR_SECRETS; inventory/local/secrets)
  --inventory DIR    inventario / inventory (DR_INVENTORY; inventory/)
  --custody DIR      registri di custodia / ledgers of custody (DR_CUSTODY; .state/custody)`;

/** Loads inventory and access file. @throws DrError INVENTORY_INVALID, ACCESS_FILE */
export async function loadContext(
  given: Surroundings,
  progress: (text: string) => void,
): Promise<ScriptContext> {
  const secrets =
    given.secrets ??
    process.env['DR_SECRETS'] ??
    new URL('../inventory/local/secrets', import.meta.url).pathname;
  const [inventory, access] = await Promise.all([inventoryFor(given.inventory), requireAccess(given.access)]);
  return {
    inventory,
    access,
    secret: (name) => readSecret(name, secrets),
    progress,
    custody: { directory: custodyDirectory(given.custody), secrets },
  };
}

/** How hosts are reached: the file named, else that of DR_ACCESS, else that of the inventory. @throws DrError ACCESS_FILE */
export async function requireAccess(given: string | undefined): Promise<Access> {
  const own = new URL('../inventory/local/access.yaml', import.meta.url).pathname;
  return await loadAccess(given ?? process.env['DR_ACCESS'] ?? own);
}

/** A stack hands its scripts the inventory that it has checked itself; whoever names another one gets that, read and checked. */
async function inventoryFor(folder: string | undefined): Promise<Inventory> {
  const checkedFile = process.env['DR_INVENTORY_CHECKED'];
  const checked =
    folder === undefined && checkedFile !== undefined ? await readChecked(checkedFile) : undefined;
  return checked ?? (await (await import('../inventory/load.ts')).requireInventory(folder));
}

/** The engine ends its scripts with SIGTERM: what they run on hosts is to end with them. */
function untilTold(): AbortSignal {
  const told = new AbortController();
  whenTold(['SIGTERM'], () => told.abort());
  return told.signal;
}

type Options = Record<
  string,
  { type: 'string'; help: string; required?: boolean } | { type: 'boolean'; help: string }
>;
type Values<O extends Options> = {
  [K in keyof O]: O[K] extends { type: 'boolean' }
    ? boolean
    : O[K] extends { required: true }
      ? string
      : string | undefined;
};

/**
 * Runs a script's verb with the arguments of this process. Exit status: 0 done, 1 refused or failed, 2 wrong usage.
 * The outcome, or `{error: {code, message, hint}}`, is the one JSON object on standard output.
 */
export async function runScript<const O extends Options>(
  title: string,
  options: O,
  verb: (context: ScriptContext, values: Values<O>) => Promise<object>,
): Promise<void> {
  // zx takes as long to load as a connection to make: only where there is a terminal to colour.
  const chalk = process.stderr.isTTY ? (await import('zx/core')).chalk : undefined;
  try {
    const values = parse(title, options);
    if (values === undefined) return;
    const dot = chalk?.dim('·') ?? '·';
    const loaded = await loadContext(values, (text) => process.stderr.write(`${dot} ${text}\n`));
    const context = { ...loaded, access: { ...loaded.access, signal: untilTold() } };
    // The cast follows from `parse`, which refuses a missing required option.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    process.stdout.write(`${JSON.stringify(await verb(context, values as Values<O>))}\n`);
  } catch (error) {
    const record = toErrorRecord(error);
    process.stderr.write(`${chalk?.red('✗') ?? '✗'} ${record.message}\n  → ${record.hint}\n`);
    process.stdout.write(`${JSON.stringify({ error: record })}\n`);
    process.exitCode = record.code === 'USAGE' ? 2 : 1;
  }
}

function parse(
  title: string,
  options: Options,
): (Surroundings & Record<string, string | boolean | undefined>) | undefined {
  const script = basename(process.argv[1] ?? 'script');
  const help = usage(script, title, options);
  try {
    const { values } = parseArgs({
      options: {
        ...surroundingOptions,
        help: { type: 'boolean' },
        ...Object.fromEntries(
          Object.entries(options).map(([name, { type }]) => [
            name,
            type === 'boolean' ? { type, default: false } : { type },
          ]),
        ),
      },
    });
    if (values.help === true) {
      process.stderr.write(help);
      return undefined;
    }
    for (const [name, option] of Object.entries(options)) {
      if (option.type === 'string' && option.required === true && !(name in values))
        throw new Error(`--${name} ?`);
    }
    return values;
  } catch (error) {
    throw new DrError('USAGE', error instanceof Error ? error.message : String(error), help, {
      cause: error,
    });
  }
}

function usage(script: string, title: string, options: Options): string {
  const own = Object.entries(options).map(([name, option]) => {
    const label = option.type === 'boolean' ? `--${name}` : `--${name} X`;
    return `  ${label.padEnd(18)} ${option.help}`;
  });
  return `${title}\n\n  node scripts/${script} [opzioni / options]\n\n${own.join('\n')}\n${SURROUNDINGS_HELP}\n`;
}
