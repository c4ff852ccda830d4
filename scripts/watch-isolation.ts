/** Keeps looking at the other site while an exercise, or the real thing, runs: a line that comes back must be noticed and said. */
import { setTimeout } from 'node:timers/promises';
import { type DrError, toErrorRecord } from '../core/errors.ts';
import type { ScriptContext } from './context.ts';
import { describeBlind, type Finding, findingsOf, lookAcross } from './look-across.ts';
import { alive, type SilenceRole } from './prove-silence.ts';

export type Broken = {
  findings: Finding[];
  /** The same in words for people (code OTHER_SITE_ALIVE or OTHER_NETWORK_REACHABLE). */
  error: DrError;
};
export type Watch = {
  /** Ends the watch, and waits for the look under way. */
  stop: () => Promise<void>;
};
export type WatchOptions = {
  everyMs: number;
  role: Exclude<SilenceRole, 'return'>;
  onBroken: (broken: Broken) => void;
  /** Nobody could look, and why: once, and again only after somebody could. */
  onBlind: (reason: string) => void;
};

/**
 * Looks every `everyMs` and calls `onBroken` when machines of another site answer: once, and again only when others do or after
 * a silence. One vantage point that can't look just now is no alarm: the proof before the start needed it, this does not.
 * `context` is asked for before each look: machines are replaced, and a file that can't be read is mended.
 */
export function watchIsolation(
  context: () => Promise<ScriptContext>,
  site: string,
  { everyMs, role, onBroken, onBlind }: WatchOptions,
): Watch {
  const end = new AbortController();
  const keepLooking = async (): Promise<void> => {
    let known = new Set<string>();
    let blind = false;
    while (!end.signal.aborted) {
      const { findings, reason } = await look(context, site, role);
      if (end.signal.aborted) return;
      const hosts = new Set(findings.map(({ host }) => host));
      // Where a server answers, a way leads there: one that is seen a look later is no news.
      const news = findings.filter(
        ({ host, service }) => !known.has(host) && (known.size === 0 || service !== 'way'),
      );
      if (news.length > 0) onBroken({ findings, error: alive(findings, role) });
      if (reason !== undefined && !blind) onBlind(reason);
      known = hosts;
      blind = reason !== undefined;
      await setTimeout(everyMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  };
  const ended = keepLooking();
  return {
    stop: async () => {
      end.abort();
      await ended;
    },
  };
}

/** With the `reason` where nobody could look: that is not silence. It can't throw. */
async function look(
  context: () => Promise<ScriptContext>,
  site: string,
  role: WatchOptions['role'],
): Promise<{ findings: Finding[]; reason?: string }> {
  try {
    const sight = await lookAcross(await context(), site, { presence: true, wayThere: role === 'exercise' });
    const someLooked = sight.looks.some(({ looked }) => looked);
    return { findings: findingsOf(sight), ...(!someLooked && { reason: describeBlind(sight.looks) }) };
  } catch (error) {
    return { findings: [], reason: toErrorRecord(error).message };
  }
}
