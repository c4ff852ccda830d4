/** `dr drill`: the exercise in the lab, on the screen and in the report. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../core/durations.ts';
import { parseSize } from '../core/sizes.ts';
import { DEFAULT_DATA_BYTES } from '../lab/data.ts';
import { type Disaster, disasters } from '../lab/disasters.ts';
import { DRILL_LAB, drill } from '../lab/drill.ts';
import { type Injection, injections } from '../lab/inject.ts';
import { labDown } from '../lab/lab.ts';
import { createScreen, screenMode } from '../report/screen.ts';
import type { Locale } from '../report/texts.ts';

type DrillFlags = {
  scenario: Disaster;
  data?: number;
  rto?: number;
  inject?: Injection;
  keep?: boolean;
  json?: boolean;
  lang: Locale;
  reports?: string;
};

/** Adds `dr drill`. */
export function registerDrill(program: Command): void {
  program
    .command('drill')
    .description(
      'Esercitazione: Lucca si perde e rinasce a Viareggio dalla cassetta, a tempo. / The drill: Lucca is lost and comes back at Viareggio, timed.',
    )
    .addOption(
      new Option('--scenario <name>', 'disastro del piano / disaster of the plan')
        .choices(disasters)
        .default('D1'),
    )
    .option('--data <size>', 'file degli uffici / office files (200m, 5g ...)', argument(parseSize))
    .option(
      '--rto <duration>',
      "obiettivo al posto di quello del piano / target instead of the plan's (1s, 30m, 4h)",
      argument(parseDuration),
    )
    .addOption(
      new Option(
        '--inject <damage>',
        'danno di proposito prima della verifica / damage before verification',
      ).choices(injections),
    )
    .option('--keep', 'lascia acceso il laboratorio / leave the lab running')
    .addOption(
      new Option('--lang <code>', 'lingua del rapporto / language of the report')
        .choices(['it', 'en'])
        .default('it'),
    )
    .option('--reports <dir>', 'cartella dei rapporti / folder of the reports')
    .option('--json', 'una riga JSON per ogni fatto / one JSON line for each event')
    .action(runDrill);
}

async function runDrill(flags: DrillFlags): Promise<void> {
  const screen = createScreen({
    stream: process.stdout,
    mode: screenMode(process.stdout, flags.json ?? false),
    locale: flags.lang,
  });
  const endEarly = (): void => {
    screen.close();
    process.stderr.write('Interrotto: tolgo il laboratorio ... / Interrupted: taking the lab away ...\n');
    // The evidence so far stays; "dr report" renders it as not carried out.
    void labDown(DRILL_LAB).finally(() => process.exit(2));
  };
  process.once('SIGINT', endEarly);
  process.once('SIGTERM', endEarly);
  try {
    const { report, htmlPath } = await drill({
      scenario: flags.scenario,
      dataBytes: flags.data ?? DEFAULT_DATA_BYTES,
      ...(flags.rto !== undefined && { rtoSeconds: flags.rto }),
      ...(flags.inject !== undefined && { inject: flags.inject }),
      keep: flags.keep ?? false,
      locale: flags.lang,
      ...(flags.reports !== undefined && { reportsDirectory: flags.reports }),
      attach: (log) => screen.attach(log),
      onDetail: (text) => screen.detail(text),
    });
    screen.close();
    if (flags.json !== true) process.stdout.write(`Rapporto / Report: ${htmlPath}\n`);
    process.exitCode = report.verdict.exitStatus;
  } finally {
    screen.close();
    process.off('SIGINT', endEarly);
    process.off('SIGTERM', endEarly);
  }
}

/** Commander shows the sentence of an InvalidArgumentError beside the option. */
function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}
