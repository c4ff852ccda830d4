/** Suppliers' services as a desk reaches them: the lines that lead to them, and where each service answers. */
import { z } from 'zod';
import { bilingual, ipv4, slug, sourceSchema, textLike, words } from './schema-common.ts';

/** A way from a site to its suppliers. */
export const lineSchema = z.strictObject({
  id: slug,
  ...bilingual,
  site: slug,
  /** The line's router, on the site's own network. */
  gateway: ipv4,
  /** The DNS server that is asked through this line. */
  resolver: ipv4,
  /** Where it stands that there is such a line; its addresses have a source of their own. */
  source: sourceSchema,
  addressSource: sourceSchema,
});
export type Line = z.infer<typeof lineSchema>;

/** A page of a supplier that proves its service: who gets this answer from this name has reached it. */
export const endpointSchema = z.strictObject({
  id: slug,
  name: words,
  serviceClass: slug,
  /** Services of supervised certifiers, in no class of their own, that are reached here too. */
  certifiedServices: z.array(slug).min(1).optional(),
  url: textLike(
    /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?\/[A-Za-z0-9/._~!*+,=:@%?&-]*$/,
    'serve un indirizzo https con nome in minuscolo e percorso, per esempio https://www.lu.camcom.it/',
    'an https address with a name in lower case and a path is needed, for example https://www.lu.camcom.it/',
  ),
  expects: z.strictObject({
    status: z.number().int().min(100).max(599),
    /** A text that only the supplier's own page has: a captive portal also answers 200. */
    contains: textLike(
      /^[^\r\n]*\S[^\r\n]*$/,
      'serve un testo di una sola riga',
      'a text of one line is needed',
    ),
  }),
  /** The organisation or name of who signs its certificate; absent: any authority that the desk trusts. */
  authority: words.optional(),
  /** The only addresses that its name may lead to; absent: any. */
  addresses: z.array(ipv4).min(1).optional(),
  source: sourceSchema,
});
export type Endpoint = z.infer<typeof endpointSchema>;
