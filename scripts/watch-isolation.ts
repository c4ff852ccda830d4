/** Keeps looking at the other site while an exercise, or the real thing, runs: a line that comes back must be noticed and said. */
import { setTimeout } from 'node:timers/promises';
import type { DrError } from '../core/errors.ts';
import type { ScriptContext } from './context.ts';
import { type Finding, findingsOf, lookAcross } from './look-across.ts';
import { alive, type SilenceRole } from './prove-silence.ts';

export type Broken = {
  findings: Finding[];
  /** The same in words for people (code OTHER_SITE_ALIVE). */
  error: DrError;
};
export type Watch = {
  /** Ends the watch, and waits for the look under way. */
  stop: () => Promise<void>;
};

/**
 * Looks every `everyMs` and calls `onBroken` when machines of another site answer: once, and again only when others do or after
 * a silence. A vantage point that can't look just now is no alarm: the proof before the start needed it, this does not.
 */
export function watchIsolation(
  context: ScriptContext,
  site: string,
  options: { everyMs: number; onBroken: (broken: Broken) => void; role?: Exclude<SilenceRole, 'return'> },
): Watch {
  const { everyMs, onBroken, role = 'exercise' } = options;
  const end = new AbortController();
  const keepLooking = async (): Promise<void> => {
    let known = new Set<string>();
    while (!end.signal.aborted) {
      const findings = findingsOf(await lookAcross(context, site, { presence: true }));
      const hosts = new Set(findings.map(({ host }) => host));
      const fresh = [...hosts].some((host) => !known.has(host));
      if (fresh && !end.signal.aborted) onBroken({ findings, error: alive(findings, role) });
      known = hosts;
      await setTimeout(everyMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  };
  // What looking throws is a fault of the program; it must not end the process that restores a site.
  const ended = keepLooking().catch((error: unknown) => context.progress(`watch: ${String(error)}`));
  return {
    stop: async () => {
      end.abort();
      await ended;
    },
  };
}
