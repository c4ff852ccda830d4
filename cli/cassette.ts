/** `dr cassette`: which cassettes there are, where each of them is, and who handed it to whom. */
import { styleText } from 'node:util';
import { type Command, InvalidArgumentError } from 'commander';
import { orderedEntries } from '../cassette/ledger.ts';
import type { Meeting } from '../cassette/meeting.ts';
import { rpoOf } from '../cassette/rpo.ts';
import { makeSignerKey, signerSchema } from '../cassette/signers.ts';
import { DrError } from '../core/errors.ts';
import { utcNow } from '../core/time.ts';
import { cassetteByLabel, roleById, siteById } from '../inventory/lookup.ts';
import type { ScriptContext } from '../scripts/context.ts';
import {
  type CustodyOutcome,
  meetCustody,
  receiveCassette,
  retireCassette,
  sendCassette,
  settleCassette,
} from '../scripts/custody.ts';
import { initCassette } from '../scripts/init-cassette.ts';
import { cassetteText, entryText, rpoText, troubleText, whereaboutsText } from './cassette-text.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type Flags = PlaceFlags & { json?: boolean };
type SiteFlags = Flags & { site: string };
type ByFlags = Flags & { by: string; at?: string };

/** Adds `dr cassette` and its verbs. */
export function registerCassette(program: Command): void {
  const cassette = program
    .command('cassette')
    .description(
      'Le cassette: quali sono, dove sono, chi le ha consegnate a chi. / The cassettes: which, where, handed over by whom.',
    );
  const verb = (name: string, description: string): Command =>
    withPlaceOptions(cassette.command(name).description(description)).option(
      '--json',
      'un oggetto JSON / one JSON object',
    );
  verb(
    'init',
    'Prepara la cassetta vuota inserita nel file server. / Prepares the blank cassette in the file server.',
  )
    .argument('<label>', 'etichetta / label')
    .option('--site <site>', 'sede dove è inserita / site where it is plugged in', 'lucca')
    .option('--again', 'CANCELLA le copie che contiene / DELETES the backups on it')
    .action(initialise);
  atSite(verb('list', 'Tutte: posto nella rotazione, dove sono, età della copia. / All of them.')).action(
    list,
  );
  atSite(verb('show', 'Una, con tutta la sua storia. / One, with its whole history.'))
    .argument('<label>', 'etichetta / label')
    .action(show);
  byRole(verb('send', 'Una cassetta parte. / A cassette leaves.').argument('<label>', 'etichetta / label'))
    .requiredOption('--from <site>', 'da / from')
    .requiredOption('--to <site>', 'a / to')
    .option('--to-role <role>', 'ruolo che la prende in consegna / role that takes it')
    .action(async (label: string, flags: ByFlags & { from: string; to: string; toRole?: string }) => {
      await stated(label, flags, async (context) =>
        sendCassette(context, {
          label,
          from: flags.from,
          to: flags.to,
          by: flags.by,
          toRole: flags.toRole,
          atUtc: flags.at,
        }),
      );
    });
  byRole(
    verb('receive', 'Una cassetta è arrivata. / A cassette has arrived.').argument(
      '<label>',
      'etichetta / label',
    ),
  )
    .requiredOption('--at-site <site>', 'sede dove è arrivata / site where it arrived')
    .action(async (label: string, flags: ByFlags & { atSite: string }) => {
      await stated(label, flags, async (context) =>
        receiveCassette(context, { label, site: flags.atSite, by: flags.by, atUtc: flags.at }),
      );
    });
  const reasoned = (name: string, description: string, say: typeof retireCassette): void => {
    atSite(byRole(verb(name, description).argument('<label>', 'etichetta / label')))
      .requiredOption('--reason <text>', 'perché, senza nomi di persone / why, without names of people')
      .action(async (label: string, flags: ByFlags & { site: string; reason: string }) => {
        await stated(label, flags, async (context) =>
          say(context, { label, site: flags.site, by: flags.by, reason: flags.reason, atUtc: flags.at }),
        );
      });
  };
  reasoned('retire', 'Una cassetta non si usa più. / A cassette is used no more.', retireCassette);
  reasoned(
    'settle',
    'Le contraddizioni su una cassetta sono chiarite. / What was at odds is settled.',
    settleCassette,
  );
  verb(
    'key',
    'Crea la chiave con cui firma una sede o un ruolo. / Makes the key with which a site or a role signs.',
  )
    .argument('<signer>', 'chi firma / who signs: site:lucca, role:responsabile-dr ...')
    .action(makeKey);
}

async function initialise(label: string, flags: SiteFlags & { again?: boolean }): Promise<void> {
  const { context } = await surroundingsOf(flags, tellProgress);
  const { changed, cassette, warnings } = await initCassette(context, {
    site: flags.site,
    label,
    again: flags.again,
  });
  if (print(flags, { changed, cassette, warnings })) return;
  warn(warnings);
  const what = changed ? 'pronta / ready' : 'lo era già / it was already';
  process.stdout.write(
    `${label} (${cassette.serial}): ${what}, repository ${cassette.repositoryId.slice(0, 8)}\n`,
  );
}

async function list(flags: SiteFlags): Promise<void> {
  const { context } = await surroundingsOf(flags, tellProgress);
  siteById(context.inventory, flags.site);
  const { meeting, warnings } = await meetCustody(context, flags.site);
  const { cassettes } = context.inventory;
  const nowUtc = utcNow();
  const rpo = rpoOf(context.inventory, meeting.custody, nowUtc);
  const trouble = troubleText(
    meeting,
    cassettes.map(({ label }) => label),
  );
  if (trouble.length > 0) process.exitCode = 1;
  if (print(flags, { ...known(meeting), rpo, warnings })) return;
  warn(warnings);
  process.stdout.write(
    `${cassettes.map((one) => cassetteText(one, meeting, nowUtc)).join('\n')}\n\n${rpoText(rpo)}\n`,
  );
  complain(trouble);
}

async function show(label: string, flags: SiteFlags): Promise<void> {
  const { context } = await surroundingsOf(flags, tellProgress);
  siteById(context.inventory, flags.site);
  const cassette = cassetteByLabel(context.inventory, label);
  const { meeting, warnings } = await meetCustody(context, flags.site, label);
  const own = meeting.custody.contradictions.filter((one) => one.label === label);
  const trouble = troubleText(
    { ...meeting, custody: { ...meeting.custody, contradictions: own }, media: [] },
    [],
  );
  if (trouble.length > 0) process.exitCode = 1;
  const entries = orderedEntries(meeting.ledger).filter(({ event }) => event.label === label);
  if (print(flags, { ...known(meeting), entries, warnings })) return;
  warn(warnings);
  process.stdout.write(
    `${[cassetteText(cassette, meeting, utcNow()), ...entries.map(entryText)].join('\n')}\n`,
  );
  complain(trouble);
}

async function stated(
  label: string,
  flags: ByFlags,
  say: (context: ScriptContext) => Promise<CustodyOutcome>,
): Promise<void> {
  const { context } = await surroundingsOf(flags, tellProgress);
  const { changed, meeting, warnings } = await say(context);
  const record = meeting.custody.records.get(label);
  const trouble = troubleText({ ...meeting, media: [] }, []);
  if (trouble.length > 0) process.exitCode = 1;
  if (print(flags, { changed, ...known(meeting), warnings })) return;
  warn(warnings);
  process.stdout.write(
    `${label}: ${changed ? '' : 'era già scritto / already on record: '}${whereaboutsText(record)}\n`,
  );
  complain(trouble);
}

async function makeKey(signer: string, flags: Flags): Promise<void> {
  const { context } = await surroundingsOf(flags, tellProgress);
  const { secrets } = context.custody;
  requireSigner(context, signer);
  if (secrets === undefined) {
    throw new DrError(
      'SECRETS_FOLDER',
      'Non si sa in quale cartella mettere la chiave. / Which folder the key goes into is not known.',
      'Indicarla con --secrets o con DR_SECRETS. / Name it with --secrets or DR_SECRETS.',
    );
  }
  const publicKey = await makeSignerKey(secrets, signer);
  if (print(flags, { signer, publicKey })) return;
  process.stderr.write(
    'Da scrivere in inventory/cassettes.yaml, in entrambe le sedi; la parte segreta resta nella cartella dei segreti. / To be put into inventory/cassettes.yaml at both sites.\n',
  );
  process.stdout.write(`custodySigners:\n  - signer: ${signer}\n    publicKey: ${publicKey}\n`);
}

/** Throws where the inventory has no such site or role. */
function requireSigner({ inventory }: ScriptContext, signer: string): void {
  const [kind, id = ''] = signer.split(':');
  if (!signerSchema.safeParse(signer).success) {
    throw new DrError(
      'CUSTODY_SIGNER',
      `"${signer}" non può firmare. / It cannot sign.`,
      'Scrivere "site:" e una sede, o "role:" e un ruolo dell\'inventario. / Write "site:" and a site, or "role:" and a role of the inventory.',
    );
  }
  if (kind === 'site') siteById(inventory, id);
  else roleById(inventory, id);
}

function known({ site, custody, problems, media }: Meeting): object {
  return {
    site,
    records: [...custody.records.values()],
    contradictions: custody.contradictions,
    problems,
    media: media.map(({ medium, found }) => ({ ...medium, found })),
  };
}

function print({ json }: Flags, result: object): boolean {
  if (json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  return json === true;
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`${styleText('yellow', '!')} ${warning}\n`);
}

function complain(trouble: readonly string[]): void {
  for (const text of trouble) process.stderr.write(`${styleText('red', '✗')} ${text}\n`);
}

/** Any ISO 8601 instant with its offset that has passed, as UTC. */
function isoTime(text: string): string {
  const ms = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError('2026-11-24T08:00:00+01:00 ?');
  if (ms > Date.now()) throw new InvalidArgumentError('deve ancora venire / it is still to come');
  return new Date(ms).toISOString();
}

function atSite(command: Command): Command {
  return command.option(
    '--site <site>',
    'sede il cui registro si legge / site whose ledger is read',
    'viareggio',
  );
}

function byRole(command: Command): Command {
  return command
    .requiredOption('--by <role>', 'ruolo che lo dichiara / role that says so')
    .option('--at <time>', 'quando, se non ora: 2026-11-24T08:00:00+01:00 / when, if not now', isoTime);
}
