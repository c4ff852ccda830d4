/** The `dr` command: its verbs, their arguments and their help. */
import { Command } from 'commander';
import type { CheckOptions } from './check.ts';

/** Which commands a module registers. */
const registrations: [names: string[], register: (program: Command) => Promise<void>][] = [
  [['drill'], async (program) => (await import('./drill.ts')).registerDrill(program)],
  [
    ['lab'],
    async (program) =>
      (await import('./lab.ts')).registerLab(program, (await import('../lab/lucca.ts')).buildLucca),
  ],
  [['backup'], async (program) => (await import('./backup.ts')).registerBackup(program)],
  [['cassette'], async (program) => (await import('./cassette.ts')).registerCassette(program)],
  [['verify'], async (program) => (await import('./verify.ts')).registerVerify(program)],
  [['schedule'], async (program) => (await import('./schedule.ts')).registerSchedule(program)],
  [['kit'], async (program) => (await import('./kit.ts')).registerKit(program)],
  [['services'], async (program) => (await import('./services.ts')).registerServices(program)],
  [['preflight'], async (program) => (await import('./preflight.ts')).registerPreflight(program)],
  [['stack'], async (program) => (await import('./stack.ts')).registerStack(program)],
  [['return'], async (program) => (await import('./return.ts')).registerReturn(program)],
  [['report'], async (program) => (await import('./report.ts')).registerReport(program)],
  [['restore', 'resume'], async (program) => (await import('./restore.ts')).registerRestore(program)],
  [['step'], async (program) => (await import('./step.ts')).registerStep(program)],
  [['paper'], async (program) => (await import('./paper.ts')).registerPaper(program)],
  [['status'], async (program) => (await import('./status.ts')).registerStatus(program)],
  [['runbook'], async (program) => (await import('./runbook.ts')).registerRunbook(program)],
];

/** Commander's own, in both languages. */
const titles: Readonly<Record<string, string>> = {
  'Usage:': 'Uso / Usage:',
  'Arguments:': 'Argomenti / Arguments:',
  'Options:': 'Opzioni / Options:',
  'Global Options:': 'Opzioni comuni / Global options:',
  'Commands:': 'Comandi / Commands:',
};

/** Everything, or only what `typed` (the first word) needs. */
export async function createProgram(typed?: string): Promise<Command> {
  const program = new Command('dr')
    .description(
      'Continuità operativa della Camera di Commercio di Lucca: copia, ripristino a Viareggio, prova e rapporto. / Disaster recovery of the Chamber of Commerce of Lucca.',
    )
    .showHelpAfterError('dr --help')
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => titles[title] ?? title })
    .helpOption('-h, --help', 'questo aiuto / this help')
    .helpCommand('help [command]', 'aiuto su un comando / help on a command')
    .exitOverride((error) => {
      // Commander's own 1 would say "something is wrong"; a mistyped command was not carried out.
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  // Loading is most of a short command's time: only what was typed is loaded, and all of it where that is no command.
  const wanted = registrations.filter(([names]) => names.includes(typed ?? ''));
  for (const [, register] of wanted.length === 0 ? registrations : wanted) await register(program);
  program
    .command('check')
    .description(
      "Controlla l'inventario e ciò in cui i documenti non concordano. / Checks the inventory, and where the documents disagree.",
    )
    .option('--inventory <dir>', "cartella dell'inventario / folder of the inventory")
    .option('--json', 'un oggetto JSON / one JSON object')
    .action(async (options: CheckOptions) => {
      process.exitCode = await (await import('./check.ts')).check(options);
    });
  return program;
}
