/** The applications of the Chamber's own server: what belongs to each, and how one knows that it works. Another one is an entry and no code. */
import { z } from 'zod';
import { bilingual, hours, slug, sourceSchema, textLike, words } from './schema-common.ts';

export const databaseEngines = ['postgresql', 'mariadb'] as const;
export type DatabaseEngine = (typeof databaseEngines)[number];

export const applicationNeeds = ['domain', 'file-server'] as const;

/** The forms that can be printed for what is done by hand meanwhile. */
export const paperSheets = ['attendance'] as const;
export type PaperSheet = (typeof paperSheets)[number];

/** PostgreSQL ends names at 63 bytes, and a restore works under a longer one until it is complete. */
const databaseName = textLike(
  /^[a-z][a-z0-9_]{0,47}$/,
  'serve un nome di al più 48 caratteri: lettere minuscole, cifre e trattini bassi',
  'a name of at most 48 characters is needed: lower-case letters, digits and underscores',
);

/** At least two steps deep, because restoring and standing down empty it. */
const ownFolder = textLike(
  /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+){2,}$/,
  'serve un percorso assoluto di almeno due livelli, senza spazi e senza ".."',
  'an absolute path of at least two levels is needed, without blanks and without ".."',
);

const unit = textLike(
  /^[a-z0-9@._-]+\.(service|socket|timer)$/,
  'serve il nome di una unità systemd',
  'the name of a systemd unit is needed',
);

const urlPath = textLike(
  /^\/\S*$/,
  'serve un percorso che comincia con "/"',
  'a path that begins with "/" is needed',
);

/** A regular expression whose first group is what a later request needs. */
const capturing = z.string().refine(
  (text) => {
    try {
      return (new RegExp(`${text}|`).exec('')?.length ?? 0) > 1;
    } catch {
      return false;
    }
  },
  {
    params: {
      it: "serve un'espressione regolare con un gruppo fra parentesi",
      en: 'a regular expression with a group in brackets is needed',
    },
  },
);

const name = '[A-Za-z][A-Za-z0-9]*';
const placeholder = new RegExp(String.raw`\$\{(${name}(?::${name})*)\}`, 'g');

/** Puts values where a text has `${name}`, or `${one:other}` for several together. */
export function replacePlaceholders(text: string, valueOf: (names: string[]) => string): string {
  return text.replace(placeholder, (_, names: string) => valueOf(names.split(':')));
}

const status = z.number().int().min(100).max(599);

/**
 * One HTTP request. In path, headers, body and `contains` stand ${account}, ${password}, ${stamp} (a word of its own for each run) and
 * ${what an earlier request captured}; ${account:password} is the base64 of both with the colon between (RFC 7617), and so of any others.
 */
export const dialogueRequestSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  path: urlPath,
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  expect: z.strictObject({ status, contains: z.string().optional() }),
  capture: z.record(z.string(), capturing).optional(),
});
export type DialogueRequest = z.infer<typeof dialogueRequestSchema>;

/** What a user does: each part goes on from where the one before it ended (cookies, captured values). */
export const dialogueSchema = z.strictObject({
  logOn: z.array(dialogueRequestSchema).min(1),
  read: z.array(dialogueRequestSchema).min(1),
  /** Leaves a row behind that holds ${stamp}, and finds it again. */
  write: z.array(dialogueRequestSchema).min(1),
});
export type Dialogue = z.infer<typeof dialogueSchema>;

export const applicationSchema = z.strictObject({
  /** Names the restore's steps, the folder in the snapshot and the checks (app.<id>.*). */
  id: slug,
  ...bilingual,
  serviceClass: slug,
  /** `standIn`: the documents name no product; this one stands for it, and why. */
  product: z.strictObject({ name: words, standIn: z.boolean(), reasonIt: words, reasonEn: words }),
  /** Hosts of kind application-server, one a site. */
  servers: z.strictObject({ lucca: slug, viareggio: slug }),
  /** Debian packages that must be there, the engine's among them. */
  packages: z.array(words).min(1),
  database: z.strictObject({ engine: z.enum(databaseEngines), name: databaseName, owner: databaseName }),
  /** Data and settings that are its own, folders or single files. */
  folders: z.array(ownFolder),
  /** What serves it, without the engine's own unit, in the order in which it starts. */
  units: z.array(unit).min(1),
  port: z.number().int().min(1).max(65_535),
  needs: z.array(z.enum(applicationNeeds)),
  /** A test account of the application; the secret application-<id> holds its password. */
  account: words,
  health: z.strictObject({ path: urlPath, status, contains: words.optional() }),
  dialogue: dialogueSchema,
  rpoHours: hours,
  rtoHours: hours,
  /** What the office does until it is back, where a document says so: the runbook tells it, and "dr paper print" prints the form. */
  fallback: z
    .strictObject({ kind: z.literal('paper'), sheet: z.enum(paperSheets), source: sourceSchema })
    .optional(),
  source: sourceSchema,
});
export type Application = z.infer<typeof applicationSchema>;
