/** One kind of damage, done to a whole cassette and looked for; or a cassette with nothing wrong, looked at. */
import type { Level, LevelResult } from '../../cassette/verification.ts';
import { makeClean } from './clean.ts';
import type { Kind } from './kind.ts';
import type { DetectionSite } from './site.ts';
import type { Row } from './table.ts';

/** The cheapest level that finds it. @throws what the damage itself could not be done for */
export async function detect(site: DetectionSite, kind: Kind): Promise<Row> {
  await site.freshCassette();
  await kind.damage(site);
  const alarm = alarmOf(await site.verify('recoverability'));
  return { kind, ...(alarm ?? { level: null, outcome: null, text: '' }) };
}

/** What is wrong with a clean cassette, in the state that the site's seed says, according to the verification; undefined when nothing is. */
export async function falseAlarm(site: DetectionSite, upTo: Level): Promise<string | undefined> {
  await site.freshCassette();
  const state = await makeClean(site);
  const alarm = alarmOf(await site.verify(upTo));
  return alarm && `${state} (seed ${site.seed}): ${alarm.level}: ${alarm.text}`;
}

function alarmOf(results: readonly LevelResult[]): Pick<Row, 'level' | 'outcome' | 'text'> | undefined {
  const result = results.find(({ outcome }) => outcome !== 'PASS');
  if (result === undefined || result.outcome === 'PASS') return undefined;
  const { level, outcome } = result;
  const wrong = result.checks.filter((check) => check.outcome === outcome);
  return { level, outcome, text: wrong.map(({ evidence }) => evidence).join('; ') };
}
