/** Where a computer keeps the ledgers of custody: of each site that it works for, one file. */
import { join, resolve } from 'node:path';
import { stateDirectory } from '../platforms/cache.ts';

export type CustodyPlace = {
  directory: string;
  /** The folder of secrets, where the keys that sign lie; undefined where none was named. */
  secrets: string | undefined;
};

/** What was named, else `DR_CUSTODY`, else `custody` in the state folder. */
export function custodyDirectory(named: string | undefined): string {
  return resolve(named ?? (process.env['DR_CUSTODY'] || join(stateDirectory(), 'custody')));
}

/** The ledger of one site, one entry a line. It need not exist. */
export function ledgerFile({ directory }: CustodyPlace, site: string): string {
  return join(directory, `${site}.jsonl`);
}
