/** `dr drill`: the exercise in the lab, on the screen, on the live page and in the report. */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../core/durations.ts';
import { parseSize } from '../core/sizes.ts';
import { DEFAULT_DATA_BYTES } from '../lab/data.ts';
import { type Disaster, disasters } from '../lab/disasters.ts';
import { defaultReportsDirectory, newRunId } from '../lab/drill.ts';
import { type Injection, injections } from '../lab/inject.ts';
import { type Locale, locales } from '../report/texts.ts';
import { runSession } from './session.ts';

type DrillFlags = {
  scenario: Disaster;
  data?: number;
  rto?: number;
  inject?: Injection[];
  keep?: boolean;
  json?: boolean;
  unattended?: boolean;
  page?: number;
  lang: Locale;
  reports?: string;
};

/** Adds `dr drill`. */
export function registerDrill(program: Command): void {
  const command = program
    .command('drill')
    .description(
      'Esercitazione: Lucca si perde e rinasce a Viareggio dalla cassetta, a tempo; le persone rispondono dalla pagina o con "dr step". / The drill: Lucca is lost and comes back at Viareggio, timed; people answer on the page or with "dr step".',
    )
    .addOption(
      new Option('--scenario <name>', 'disastro del piano / disaster of the plan')
        .choices(disasters)
        .default('D1'),
    )
    .option('--data <size>', 'file degli uffici / office files (200m, 5g ...)', argument(parseSize))
    .addOption(
      new Option(
        '--inject <damage...>',
        'danni di proposito prima della verifica / damages before verification',
      ).choices(injections),
    )
    .option(
      '--unattended',
      "nessuno risponde: le risposte delle persone sono simulate / nobody answers: people's answers are simulated",
    )
    // Set-up adds --unattended to "npm run drill"; the last one typed counts.
    .option('--no-unattended', 'le persone rispondono / people answer')
    .option('--keep', 'lascia acceso il laboratorio / leave the lab running');
  withRunOptions(withTarget(command)).action(runDrill);
}

/** For the runs that the plan sets a target for. */
export function withTarget(command: Command): Command {
  return command.option(
    '--rto <duration>',
    "obiettivo al posto di quello del piano / target instead of the plan's (1s, 30m, 4h)",
    argument(parseDuration),
  );
}

/** Options that every run takes. */
export function withRunOptions(command: Command): Command {
  return command
    .option(
      '--page <port>',
      'porta della pagina (0: una libera) / port of the page (0: a free one)',
      argument(parsePort),
    )
    .addOption(
      new Option('--lang <code>', 'lingua del rapporto / language of the report')
        .choices(locales)
        .default('it'),
    )
    .option('--reports <dir>', 'cartella dei rapporti / folder of the reports')
    .option('--json', 'una riga JSON per ogni fatto / one JSON line for each event');
}

async function runDrill(flags: DrillFlags): Promise<void> {
  const unattended = flags.unattended ?? false;
  process.exitCode = await runSession({
    runId: newRunId('drill'),
    settings: {
      kind: 'drill',
      scenario: flags.scenario,
      dataBytes: flags.data ?? DEFAULT_DATA_BYTES,
      ...(flags.rto !== undefined && { rtoSeconds: flags.rto }),
      inject: flags.inject ?? [],
      keep: flags.keep ?? false,
      unattended,
      locale: flags.lang,
      reportsDirectory: resolve(flags.reports ?? defaultReportsDirectory()),
    },
    resumed: false,
    json: flags.json ?? false,
    page: flags.page ?? (unattended ? undefined : 0),
  });
}

/** @throws InvalidArgumentError */
function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new InvalidArgumentError('0-65535');
}

/** Commander shows the sentence of an InvalidArgumentError beside the option. */
export function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}
