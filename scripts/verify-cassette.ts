/** The verification of a cassette by hand, up to one of the levels; `dr verify` is the same with its screen and its bubble. */
import { outcomeOf } from '../cassette/standing.ts';
import { type Level, levels } from '../cassette/verification.ts';
import { DrError } from '../core/errors.ts';
import { runScript } from './context.ts';
import { verify } from './verify/verify.ts';

if (import.meta.main) {
  await runScript(
    'Verifica la cassetta inserita, livello per livello. / Verifies the cassette that is plugged in, level by level.',
    {
      level: { type: 'string', required: true, help: levels.slice(0, -1).join(', ') },
      site: { type: 'string', required: true, help: 'sede / site' },
      host: { type: 'string', help: 'macchina con la cassetta / host with the cassette' },
      label: { type: 'string', help: 'etichetta della cassetta / label of the cassette' },
      days: {
        type: 'string',
        help: 'tutta la cassetta in tanti giorni / the whole cassette in so many days',
      },
    },
    async (context, values) => {
      const verification = await verify(context, {
        site: values.site,
        host: values.host,
        label: values.label,
        upTo: readLevel(values.level),
        days: values.days === undefined ? undefined : readDays(values.days),
      });
      if (outcomeOf(verification) !== 'PASS') process.exitCode = 1;
      return verification;
    },
  );
}

/** @throws DrError USAGE */
export function readLevel(text: string): Level {
  const level = levels.find((known) => known === text);
  if (level !== undefined) return level;
  throw new DrError(
    'USAGE',
    `"${text}" non è un livello. / It is no level.`,
    `Livelli / levels: ${levels.join(', ')}`,
  );
}

/** @throws DrError USAGE */
export function readDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days > 0 && days <= 366) return days;
  throw new DrError(
    'USAGE',
    `--days ${text}?`,
    'Un numero di giorni da 1 a 366. / A number of days from 1 to 366.',
  );
}
