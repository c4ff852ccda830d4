/** `dr report`: renders a run's report again from its evidence, after verifying the whole chain. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { readHistory } from '../cassette/history.ts';
import { custodyDirectory } from '../cassette/place.ts';
import { DrError } from '../core/errors.ts';
import { projectDirectory } from '../platforms/cache.ts';
import { verdictSentence } from '../report/sections/verdict.ts';
import { type Locale, verdictTexts } from '../report/texts.ts';
import { writeReport } from '../report/write.ts';

type ReportFlags = { lang: Locale; out?: string; reports?: string; custody?: string };

/** Whose cassettes are verified daily. */
const SITE = 'viareggio';

const EVIDENCE_FILE = 'evidence.jsonl';

/** Adds `dr report`. Its status is 0 once the report is written, whatever the verdict; a drill's own status says that. */
export function registerReport(program: Command): void {
  program
    .command('report')
    .description(
      "Rifà il rapporto di un'esecuzione dalle prove, verificandone la catena. / Renders a run's report again from its evidence, verifying the chain.",
    )
    .argument('[run]', 'nome o cartella / name or folder', 'latest')
    .addOption(
      new Option('--lang <code>', 'lingua con cui si apre / language that it opens in')
        .choices(['it', 'en'])
        .default('it'),
    )
    .option('--out <dir>', "cartella del rapporto (di solito quella dell'esecuzione) / folder of the report")
    .option('--reports <dir>', 'cartella dei rapporti / folder of the reports')
    .option(
      '--custody <dir>',
      'cartella delle verifiche della cassetta / folder of the verifications of the cassette (DR_CUSTODY)',
    )
    .action(renderAgain);
}

async function renderAgain(run: string, flags: ReportFlags): Promise<void> {
  const evidence = evidenceOf(run, flags.reports ?? join(projectDirectory(), 'reports'));
  const directory = flags.out === undefined ? dirname(evidence) : resolve(flags.out);
  const { verifications } = await readHistory(custodyDirectory(flags.custody), SITE);
  const { report, htmlPath } = writeReport(evidence, directory, { locale: flags.lang, verifications });
  const { records, lastHash } = report.evidence;
  const intact =
    flags.lang === 'it'
      ? `Prove integre: ${records} record, ultima impronta ${lastHash}`
      : `Evidence intact: ${records} records, last digest ${lastHash}`;
  process.stdout.write(
    `${verdictTexts[report.verdict.outcome][flags.lang]}. ${verdictSentence(report)[flags.lang]}\n${intact}\nRapporto / Report: ${htmlPath}\n`,
  );
}

/** The log of a run given as a folder, as the log itself, or by its name among the reports. Links are followed: `latest` is none of a run's names. */
function evidenceOf(run: string, reports: string): string {
  for (const place of [resolve(run), join(resolve(reports), run)]) {
    if (existsSync(join(place, EVIDENCE_FILE))) return join(realpathSync(place), EVIDENCE_FILE);
    if (existsSync(place) && statSync(place).isFile()) return realpathSync(place);
  }
  throw new DrError(
    'REPORT_NO_RUN',
    `Non ci sono prove di un'esecuzione "${run}". / There is no evidence of a run "${run}".`,
    `Indicare una cartella sotto "${reports}", o fare prima "dr drill". / Name a folder below it, or run "dr drill" first.`,
  );
}
