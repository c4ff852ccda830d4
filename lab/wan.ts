/** The link between the two sites: on or off, its rate, its losses. */
import { DrError } from '../core/errors.ts';
import type { LabContext } from './context.ts';
import { type LabWan, writeLabState } from './state.ts';
import { runInside } from './supervisor.ts';

/**
 * Changes what `change` names and keeps the rest.
 * @throws DrError WAN_SETTING when a number makes no sense.
 */
export async function setWan(context: LabContext, change: Partial<LabWan>): Promise<void> {
  const wan = possibleWan({ ...context.state.wan, ...change });
  const { primary, secondary } = context.state;
  const lossInHundredThousand = Math.round(wan.lossPercent * 1000);
  const link = [wan.up ? 'up' : 'down', String(wan.rateMbit), String(lossInHundredThousand)];
  await runInside(context.pid, 'wan.sh', [...link, primary.id, primary.cidr, secondary.id, secondary.cidr]);
  context.state.wan = wan;
  await writeLabState(context.paths, context.state);
}

/** The same settings. @throws DrError WAN_SETTING when a number makes no sense. */
export function possibleWan(wan: LabWan): LabWan {
  const { rateMbit, lossPercent } = wan;
  if (rateMbit > 0 && rateMbit <= 10_000 && lossPercent >= 0 && lossPercent <= 100) return wan;
  throw new DrError(
    'WAN_SETTING',
    `Velocità ${rateMbit} Mbit/s e perdita ${lossPercent} % non sono impostazioni possibili. / That rate and loss cannot be set.`,
    'Velocità da oltre 0 a 10000 Mbit/s, perdita da 0 a 100 %. / A rate above 0 and up to 10000 Mbit/s, a loss of 0 to 100 %.',
  );
}
