/**
 * A code instead of a person's name. Evidence, database and reports hold the code; which name is behind it stands in
 * inventory/local, which is never committed nor copied into a report (design, "Personal data").
 */
import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY_FILE = 'person-key';
const REGISTER_FILE = 'persons.csv';

/**
 * The code of a name, for example `P-3FA9C1`, the same each time on this computer; an empty name has an empty code. A new one is
 * written to `persons.csv` in the inventory's `local` folder.
 */
export function personCode(name: string, inventoryFolder: string): string {
  const spoken = name.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
  if (spoken === '') return '';
  const local = join(inventoryFolder, 'local');
  mkdirSync(local, { recursive: true });
  const digest = createHmac('sha256', key(join(local, KEY_FILE)))
    .update(spoken.toLowerCase())
    .digest('hex');
  const code = `P-${digest.slice(0, 6).toUpperCase()}`;
  const register = join(local, REGISTER_FILE);
  const known = existsSync(register) ? readFileSync(register, 'utf8') : '';
  if (!known.split('\n').some((line) => line.startsWith(`${code},`)))
    appendFileSync(register, `${code},"${spoken.replaceAll('"', '""')}"\n`, { mode: 0o600 });
  return code;
}

/** Without it a code could be guessed from a list of the office's names. */
function key(path: string): string {
  if (!existsSync(path)) {
    try {
      writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch {
      // made at the same moment by another program
    }
  }
  return readFileSync(path, 'utf8');
}
