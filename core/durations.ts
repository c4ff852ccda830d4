/** Durations as people type them. */
import { DrError } from './errors.ts';

const secondsOf: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `1s`, `90m`, `1.5h`, `3d` in seconds. @throws DrError DURATION */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([smhd])$/i.exec(text.trim());
  const seconds = Number(match?.[1]) * (secondsOf[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw new DrError(
    'DURATION',
    `"${text}" non è una durata. / It is not a duration.`,
    'Scrivere per esempio 1s, 30m, 4h, 3d. / Write for example 1s, 30m, 4h, 3d.',
  );
}
