/** `dr schedule`: the daily verification as a job of the machine that holds the cassette, and what monitoring reads of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readHistory } from '../cassette/history.ts';
import { overviewOf } from '../cassette/overview.ts';
import { custodyDirectory } from '../cassette/place.ts';
import { type Level, levels } from '../cassette/verification.ts';
import { parseDuration } from '../core/durations.ts';
import { DrError, toErrorRecord } from '../core/errors.ts';
import { writeWhole } from '../core/files.ts';
import { formatRome, utcNow } from '../core/time.ts';
import { inventoryFolder, requireInventory } from '../inventory/load.ts';
import { serverAt } from '../inventory/lookup.ts';
import { loadNotifications } from '../inventory/notifications.ts';
import { stateDirectory } from '../platforms/cache.ts';
import { jobPlaces } from '../platforms/linux/schedule-units.ts';
import { readSecret } from '../platforms/secrets.ts';
import { judge } from '../report/monitoring/judge.ts';
import { nagiosOutput, nagiosUnknown, type PluginOutput } from '../report/monitoring/nagios.ts';
import { prometheusText } from '../report/monitoring/prometheus.ts';
import { overviewText } from '../report/monitoring/text.ts';
import type { ScriptContext } from '../scripts/context.ts';
import { installSchedule, removeSchedule, scheduleStatus } from '../scripts/schedule.ts';
import { watchVerifications } from '../scripts/watch-verifications.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type HostFlags = PlaceFlags & { site: string; host?: string; json?: boolean };
type InstallFlags = HostFlags & { level: Level; at: string; silence: number };
type CheckFlags = {
  site: string;
  level?: Level;
  output: 'text' | 'nagios' | 'prometheus';
  file?: string;
  warning: number;
  critical: number;
};

/** Adds `dr schedule` and its verbs. */
export function registerSchedule(program: Command): void {
  const schedule = program
    .command('schedule')
    .description(
      'La verifica giornaliera della cassetta come lavoro di systemd, e il suo stato per il monitoraggio. / The daily verification of the cassette as a systemd job, and its state for monitoring.',
    );
  withHostOptions(schedule.command('install'))
    .description(
      'Installa e avvia il lavoro; si può ripetere. / Installs and starts the job; can be repeated.',
    )
    .addOption(levelOption('fino a che livello / up to which level').default('content'))
    .option('--at <time>', 'ora italiana / Italian time', '06:30')
    .option(
      '--silence <duration>',
      'avvisa se nessuna verifica finisce per / warn when no verification ends for',
      duration,
      parseDuration('30h'),
    )
    .action(install);
  withHostOptions(schedule.command('status'))
    .description('A che punto è il lavoro. / How the job stands.')
    .action(status);
  withHostOptions(schedule.command('remove'))
    .description(
      'Toglie il lavoro e tutto ciò che ha lasciato, storia compresa. / Takes away the job and all that it left, its history too.',
    )
    .action(remove);
  registerCheck(schedule);
  schedule
    .command('watch')
    .description(
      "Avvisa se l'esito è cambiato o se le verifiche tacciono; lo avvia il timer. / Tells of a changed outcome or of silence; the timer starts it.",
    )
    .option('--site <site>', 'sede / site', 'viareggio')
    .option(
      '--silence <duration>',
      'silenzio tollerato / silence put up with',
      duration,
      parseDuration('30h'),
    )
    .action(watch);
}

function registerCheck(schedule: Command): void {
  schedule
    .command('check')
    .description(
      "L'ultimo esito conservato, senza verificare nulla: per persone, Nagios/Icinga, Prometheus. / The last stored outcome, verifying nothing: for people, Nagios/Icinga, Prometheus.",
    )
    // A plugin's 2 is CRITICAL; what it was not asked properly is UNKNOWN.
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3))
    .option('--site <site>', 'sede / site', 'viareggio')
    .addOption(levelOption('livello giudicato, con quelli sotto / level that is judged, with those below it'))
    .addOption(
      new Option('--output <form>', 'forma / form').choices(['text', 'nagios', 'prometheus']).default('text'),
    )
    .option('--file <file>', 'scrive lì, per intero o per nulla / writes there, whole or not at all')
    .option('--warning <duration>', 'WARNING oltre / beyond', duration, parseDuration('26h'))
    .option('--critical <duration>', 'CRITICAL oltre / beyond', duration, parseDuration('50h'))
    .action(check);
}

function withHostOptions(command: Command): Command {
  return withPlaceOptions(command)
    .option('--site <site>', 'sede della cassetta / site of the cassette', 'viareggio')
    .option(
      '--host <host>',
      'macchina con la cassetta, o "local" / machine with the cassette, or "local" (file server della sede / of the site)',
    )
    .option('--json', 'un oggetto JSON / one JSON object');
}

function levelOption(help: string): Option {
  return new Option('--level <level>', help).choices(levels);
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(toErrorRecord(error).message);
  }
}

async function install(flags: InstallFlags): Promise<void> {
  const { context, host } = await placeOf(flags);
  const { site, level, at, silence: silenceSeconds } = flags;
  const done = await installSchedule(context, { site, host, level, at, silenceSeconds });
  if (flags.json === true) return print(`${JSON.stringify(done)}\n`);
  print(
    done.changed
      ? `${done.host}: la cassetta si verifica ogni giorno alle ${at}. / The cassette is verified every day at ${at}.\n`
      : `${done.host}: era già tutto installato. / All was installed already.\n`,
  );
  if (!done.mail)
    print(
      'Attenzione: nessuno sarà avvisato. Compilare "it-office" in inventory/local/notifications.yaml e ripetere. / Nobody will be told: fill in "it-office" there and run again.\n',
    );
  if (!done.heartbeat)
    print(
      'Nessun segnale di vita verso l\'esterno ("heartbeat", docs/schedule.md). / No sign of life to the outside.\n',
    );
}

async function status(flags: HostFlags): Promise<void> {
  const { context, host } = await placeOf(flags);
  const found = await scheduleStatus(context, { site: flags.site, host });
  const well = found.installed && found.verify.timer === 'active' && found.watch.timer === 'active';
  if (!well) process.exitCode = 1;
  if (flags.json === true) return print(`${JSON.stringify(found)}\n`);
  const line = (name: string, { timer, nextUtc, lastStartUtc, result }: typeof found.verify): string =>
    `  ${name}: timer ${timer}; prossima / next ${rome(nextUtc)}; ultima / last ${rome(lastStartUtc)} (${result || '-'})\n`;
  print(
    found.installed
      ? `${found.host}\n${line('verifica / verification', found.verify)}${line('avvisi / watch', found.watch)}`
      : `${found.host}: non installato; "dr schedule install" lo installa. / Not installed; that verb installs it.\n`,
  );
}

function rome(isoUtc: string): string {
  return isoUtc === '' ? '-' : formatRome(isoUtc);
}

async function remove(flags: HostFlags): Promise<void> {
  const { context, host } = await placeOf(flags);
  const done = await removeSchedule(context, { site: flags.site, host });
  if (flags.json === true) return print(`${JSON.stringify(done)}\n`);
  print(
    done.changed
      ? `${done.host}: tolto, con la sua storia. / Taken away, with its history.\n`
      : `${done.host}: non c'era nulla. / There was nothing.\n`,
  );
}

/** Never throws: whatever keeps it from judging is UNKNOWN. */
async function check(flags: CheckFlags): Promise<void> {
  try {
    const { text, exitStatus } = await checked(flags);
    if (flags.file === undefined) print(text);
    // Read by another user than the one who verifies.
    else await writeWhole(flags.file, text, 0o644);
    process.exitCode = exitStatus;
  } catch (error) {
    const { message, hint } = toErrorRecord(error);
    if (flags.output === 'nagios') {
      const { text, exitStatus } = nagiosUnknown(`${message} ${hint}`);
      print(text);
      process.exitCode = exitStatus;
    } else throw error;
  }
}

async function checked({ site, level, output, warning, critical }: CheckFlags): Promise<PluginOutput> {
  const { verifications } = await readHistory(custodyFolder(), site);
  const overview = overviewOf(site, verifications);
  const nowUtc = utcNow();
  const judged = level ?? overview.last?.verification.requested ?? 'content';
  const thresholds = { warningSeconds: warning, criticalSeconds: critical };
  if (critical < warning) throw thresholdsCrossed();
  switch (output) {
    case 'nagios':
      return nagiosOutput(overview, judged, thresholds, nowUtc);
    case 'prometheus':
      return { text: prometheusText(overview), exitStatus: 0 };
    case 'text': {
      const { state, text } = judge(overview, judged, thresholds, nowUtc);
      return {
        text: `${state}: ${text}\n${overviewText(overview, nowUtc)}`,
        exitStatus: state === 'OK' ? 0 : 1,
      };
    }
    default:
      return output satisfies never;
  }
}

function thresholdsCrossed(): DrError {
  return new DrError(
    'SCHEDULE_THRESHOLDS',
    '--critical è meno di --warning. / --critical is less than --warning.',
    'Scrivere per esempio --warning 26h --critical 50h. / Type for example --warning 26h --critical 50h.',
  );
}

/** Exit status 0 nothing failed, 1 a letter or the sign of life did not leave: it is tried again the next time. */
async function watch({ site, silence }: { site: string; silence: number }): Promise<void> {
  const done = await watchVerifications({
    site,
    custodyFolder: custodyFolder(),
    directory: join(jobState(), 'watch'),
    silenceMs: silence * 1000,
    notifications: await loadNotifications(inventoryFolder()),
  });
  print(`${JSON.stringify(done)}\n`);
  for (const failed of [done.letter, done.heartbeat].filter((one) => one?.outcome === 'failed')) {
    process.stderr.write(`${failed.message}\n  → ${failed.hint}\n`);
    process.exitCode = 1;
  }
}

/** The job's own state where it is installed, so that who looks at that machine need not name it. */
function jobState(): string {
  if (process.env['DR_STATE'] === undefined && existsSync(jobPlaces.state)) return jobPlaces.state;
  return stateDirectory();
}

function custodyFolder(): string {
  return process.env['DR_CUSTODY'] ?? join(jobState(), 'custody');
}

async function placeOf(flags: HostFlags): Promise<{ context: ScriptContext; host: string | undefined }> {
  if (flags.host !== 'local')
    return { context: (await surroundingsOf(flags, tellProgress)).context, host: flags.host };
  return await thisMachine(flags);
}

/** Without an access file, which this machine may not have. It stands for the site's file server. */
async function thisMachine({ inventory: folder, secrets, site }: HostFlags): ReturnType<typeof placeOf> {
  if (folder !== undefined) process.env['DR_INVENTORY'] = folder;
  const inventory = await requireInventory();
  const host = serverAt(inventory, site, 'file-server').name;
  const here = { address: '127.0.0.1', port: 22, local: true };
  return {
    host,
    context: {
      inventory,
      access: { user: 'root', privateKeyFile: '', knownHostsFile: '', hosts: { [host]: here } },
      secret: async (name) => await readSecret(name, secrets ?? process.env['DR_SECRETS']),
      progress: tellProgress,
      custody: { directory: custodyDirectory(undefined), secrets },
    },
  };
}

function print(text: string): void {
  process.stdout.write(text);
}
