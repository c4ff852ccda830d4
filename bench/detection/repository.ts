/** Damage to the repository's files: every kind of file times everything that happens to files. */

import type { Kind } from './kind.ts';
import { applyPython } from './remote-python.ts';

const files = [
  { id: 'config', it: 'configurazione del deposito', en: 'the repository configuration' },
  { id: 'key', it: 'file della chiave', en: 'the key file' },
  { id: 'index', it: 'indice', en: 'an index' },
  { id: 'snapshot', it: 'file dello snapshot', en: 'a snapshot file' },
  { id: 'data-pack', it: 'pacco di dati', en: 'a pack of data' },
  { id: 'tree-pack', it: 'pacco di cartelle', en: 'a pack of folders' },
] as const;

const operations = [
  { id: 'flipped', it: 'un bit cambiato', en: 'one bit flipped' },
  { id: 'truncated', it: 'troncato', en: 'truncated' },
  { id: 'emptied', it: 'svuotato', en: 'emptied' },
  { id: 'zeroed', it: 'un blocco di zeri', en: 'a block of zeros' },
  { id: 'scrambled', it: 'altri byte, stessa lunghezza', en: 'other bytes, the same length' },
  { id: 'appended', it: 'byte in più in fondo', en: 'bytes too many at its end' },
  { id: 'missing', it: 'mancante', en: 'missing' },
] as const;

export const repositoryKinds: readonly Kind[] = files.flatMap((file) =>
  operations.map(
    (operation): Kind => ({
      id: `${file.id}-${operation.id}`,
      group: 'repository',
      it: `${file.it}: ${operation.it}`,
      en: `${file.en}: ${operation.en}`,
      damage: async (site) =>
        await applyPython(site, 'damage.py', {
          repository: `${site.mountPoint}/restic`,
          file: file.id,
          operation: operation.id,
          seed: site.seed,
          index: await site.restic('cat index "$(restic list index | head -1)"'),
        }),
    }),
  ),
);
