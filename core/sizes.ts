/** Amounts of bytes as people type and read them. Units are powers of 1024 (k, m, g, t), as restic and dd count. */
import { DrError } from './errors.ts';

const units = ['', 'k', 'm', 'g', 't'] as const;

/**
 * `200m`, `5g`, `1.5 GiB`, `4096` in bytes.
 * @throws DrError SIZE when the text is none, or not a positive amount.
 */
export function parseSize(text: string): number {
  const [, amount, unit] = /^(\d+(?:[.,]\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const power = units.findIndex((known) => known === unit?.toLowerCase());
  const bytes = Math.round(Number(amount?.replace(',', '.')) * 1024 ** power);
  if (power >= 0 && bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new DrError(
    'SIZE',
    `"${text}" non è una quantità di dati. / It is not an amount of data.`,
    "Scrivere un numero e un'unità, per esempio 200m o 5g. / Type a number and a unit, for example 200m or 5g.",
  );
}

/** For people: `0 B`, `512 B`, `1,5 KiB`, `200 MiB`; `locale` picks the decimal sign. */
export function formatBytes(sizeBytes: number, locale: 'it' | 'en' = 'it'): string {
  let value = sizeBytes;
  let power = 0;
  while (Math.abs(value) >= 1023.95 && power < units.length - 1) {
    value /= 1024;
    power += 1;
  }
  const text = power === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '');
  const name = power === 0 ? 'B' : `${String(units[power]).toUpperCase()}iB`;
  return `${locale === 'it' ? text.replace('.', ',') : text} ${name}`;
}
