/** The texts of an application's dialogue with their values in place, written as the place where they stand wants it. */
import { Buffer } from 'node:buffer';
import { replacePlaceholders } from '../../../inventory/schema-applications.ts';

export type Values = ReadonlyMap<string, string>;
type Escape = (value: string) => string;

const asJson: Escape = (value) => JSON.stringify(value).slice(1, -1);
const asIs: Escape = (value) => value;

/**
 * Puts values where the text names them; `${one:other}` is the base64 of both with a colon between (RFC 7617).
 * @throws Error where a name has no value
 */
export function fill(text: string, values: Values, escape: Escape = asIs): string {
  return replacePlaceholders(text, (names) => {
    const found = names.map((name) => {
      const value = values.get(name);
      if (value === undefined)
        throw new Error(`"${name}" non ha un valore in "${text}" / it has no value there`);
      return value;
    });
    const [first = ''] = found;
    return escape(found.length === 1 ? first : Buffer.from(found.join(':')).toString('base64'));
  });
}

/** A part of a URL: a value cannot end it or begin another. */
export function fillPath(text: string, values: Values): string {
  return fill(text, values, encodeURIComponent);
}

/** A value stays inside the JSON string or form field where it stands. */
export function fillBody(text: string, values: Values, contentType: string): string {
  if (/\bjson\b/i.test(contentType)) return fill(text, values, asJson);
  if (/form-urlencoded/i.test(contentType)) return fill(text, values, encodeURIComponent);
  return fill(text, values);
}
