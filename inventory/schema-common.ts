/** The small pieces of which every schema of the inventory is made. */
import { z } from 'zod';

/** A text of a fixed form; `it` and `en` say the form in words, because a regular expression tells an operator nothing. */
export function textLike(pattern: RegExp, it: string, en: string): z.ZodString {
  return z.string().refine((value) => pattern.test(value), { params: { it, en } });
}

/** Text that is there: the Italian or English words that people read. */
export const words = textLike(/\S/, 'serve un testo non vuoto', 'a text that is not empty is needed');

/** How entities are named in references: lower case, digits and hyphens. */
export const slug = textLike(
  /^[a-z0-9]+(-[a-z0-9]+)*$/,
  'serve un identificativo di lettere minuscole, cifre e trattini',
  'an identifier of lower-case letters, digits and hyphens is needed',
);

/**
 * Where a fact stands: a document of documents.yaml and one of its clauses.
 * What neither document states names `progetto` and the heading of docs/inventory.md where it was decided.
 */
export const sourceSchema = z.strictObject({ document: slug, clause: words });
export type Source = z.infer<typeof sourceSchema>;

/** Both languages of a name that operators and auditors read. */
export const bilingual = { nameIt: words, nameEn: words };

export const count = z.number().int().nonnegative();
export const positiveCount = z.number().int().positive();
export const hours = z.number().positive();

export const addressSchema = z.strictObject({
  street: words,
  postcode: textLike(/^\d{5}$/, 'serve un CAP di cinque cifre', 'a postcode of five digits is needed'),
  town: words,
});
export type Address = z.infer<typeof addressSchema>;

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const dottedQuad = `${octet}(\\.${octet}){3}`;
export const ipv4 = textLike(
  new RegExp(`^${dottedQuad}$`),
  'serve un indirizzo IPv4, per esempio 10.55.2.101',
  'an IPv4 address is needed, for example 10.55.2.101',
);
export const cidr = textLike(
  new RegExp(`^${dottedQuad}/(3[0-2]|[12]?\\d)$`),
  'serve una rete IPv4, per esempio 10.55.2.0/24',
  'an IPv4 network is needed, for example 10.55.2.0/24',
);

export const isoDate = z.iso.date();
