/** `dr restore`: the plan's runbook on the day. `dr resume`: goes on with any run that was cut off. */
import { type Command, Option } from 'commander';
import { type Disaster, disasters } from '../lab/disasters.ts';
import { databaseFolder } from '../lab/paths.ts';
import { stopDatabaseUnlessUsed } from '../runbooks/durable/postgres.ts';
import { beginSiteRun, type SiteRunFlags } from './begin-site-run.ts';
import { argument, withRunOptions, withTarget } from './drill.ts';
import { type OwnPaths, onThisComputer } from './on-this-computer.ts';
import { type KnownRun, knownRun } from './runs.ts';
import { runSession } from './session.ts';
import { withPlaceOptions } from './surroundings.ts';

type ResumeFlags = OwnPaths & { page?: number; json?: boolean };
type RestoreFlags = SiteRunFlags & { scenario: Disaster; rto?: number };

/** Adds `dr restore` and `dr resume`. */
export function registerRestore(program: Command): void {
  const command = program
    .command('restore')
    .description(
      'DISASTRO VERO: il capitolo 6 del piano, passo per passo, fino al servizio ripristinato a Viareggio. / A REAL DISASTER: chapter 6 of the plan, step by step, until the service is restored at Viareggio.',
    )
    .addOption(
      new Option(
        '--scenario <name>',
        'prima stima; si conferma al passo 6.1.1 / first guess; confirmed at step 6.1.1',
      )
        .choices(disasters)
        .default('D1'),
    )
    .option(
      '--backend <url>',
      'dove Pulumi tiene lo stato / where Pulumi keeps its state (DR_PULUMI_BACKEND)',
    );
  withRunOptions(withTarget(withPlaceOptions(command))).action(runRestore);
  program
    .command('resume')
    .description(
      "Riprende un'esecuzione interrotta: ciò che era fatto non si rifà. / Goes on with a run that was cut off: what was done is not done again.",
    )
    .argument(
      '[run]',
      "l'esecuzione; senza, l'ultima non conclusa / the run; without, the newest that is not over",
    )
    .option('--page <port>', 'porta della pagina / port of the page', argument(Number))
    .option('--json', 'una riga JSON per ogni fatto / one JSON line for each event')
    .option(
      '--reports <dir>',
      'su un altro computer: dove tenere prove e rapporto / on another computer: where to keep evidence and report',
    )
    .option('--access <file>', 'su un altro computer: come si raggiungono gli host / how hosts are reached')
    .option('--secrets <dir>', 'su un altro computer: cartella dei segreti / folder of secrets')
    .option('--inventory <dir>', 'su un altro computer: inventario / inventory')
    .action(async (wanted: string | undefined, flags: ResumeFlags) => {
      const { runId, settings: kept } = await runToResume(wanted);
      const settings = onThisComputer(kept, flags);
      const attended = settings.kind !== 'drill' || !settings.unattended;
      process.exitCode = await runSession({
        runId,
        settings,
        resumed: true,
        json: flags.json ?? false,
        page: flags.page ?? (attended ? 0 : undefined),
      });
    });
}

/** A database that was started only to find that there is nothing to go on with is put to rest again. */
async function runToResume(wanted: string | undefined): Promise<KnownRun> {
  try {
    return await knownRun(wanted, 'start');
  } catch (error) {
    await stopDatabaseUnlessUsed(databaseFolder());
    throw error;
  }
}

async function runRestore(flags: RestoreFlags): Promise<void> {
  const { scenario, rto } = flags;
  const own = { kind: 'restore', scenario, ...(rto !== undefined && { rtoSeconds: rto }) } as const;
  process.exitCode = await beginSiteRun(own, flags, '6.2.4');
}
