/** The `dr` command: parse, call, print. Exit status: 0 done and in order, 1 something is wrong, 2 it could not be carried out. */
import { styleText } from 'node:util';
import { Command } from 'commander';
import { toErrorRecord } from '../core/errors.ts';
import type { CheckOptions } from './check.ts';

// Notes to programmers of libraries say nothing to who uses this, and frighten.
process.noDeprecation = process.env['DR_DEBUG'] === undefined;

const program = new Command('dr')
  .description(
    'Continuità operativa della Camera di Commercio di Lucca: copia, ripristino a Viareggio, prova e rapporto. / Disaster recovery of the Chamber of Commerce of Lucca.',
  )
  .showHelpAfterError('dr --help')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride((error) => {
    // Commander's own 1 would say "something is wrong"; a mistyped command was not carried out.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

/** Which commands a module registers. */
const registrations: [names: string[], register: () => Promise<void>][] = [
  [['drill'], async () => (await import('./drill.ts')).registerDrill(program)],
  [
    ['lab'],
    async () => (await import('./lab.ts')).registerLab(program, (await import('../lab/lucca.ts')).buildLucca),
  ],
  [['backup'], async () => (await import('./backup.ts')).registerBackup(program)],
  [['cassette'], async () => (await import('./cassette.ts')).registerCassette(program)],
  [['verify'], async () => (await import('./verify.ts')).registerVerify(program)],
  [['schedule'], async () => (await import('./schedule.ts')).registerSchedule(program)],
  [['kit'], async () => (await import('./kit.ts')).registerKit(program)],
  [['services'], async () => (await import('./services.ts')).registerServices(program)],
  [['preflight'], async () => (await import('./preflight.ts')).registerPreflight(program)],
  [['stack'], async () => (await import('./stack.ts')).registerStack(program)],
  [['return'], async () => (await import('./return.ts')).registerReturn(program)],
  [['report'], async () => (await import('./report.ts')).registerReport(program)],
  [['restore', 'resume'], async () => (await import('./restore.ts')).registerRestore(program)],
  [['step'], async () => (await import('./step.ts')).registerStep(program)],
  [['paper'], async () => (await import('./paper.ts')).registerPaper(program)],
  [['status'], async () => (await import('./status.ts')).registerStatus(program)],
  [['runbook'], async () => (await import('./runbook.ts')).registerRunbook(program)],
];
// Loading is most of a short command's time: only what was typed is loaded, and all of it where that is no command.
const typed = registrations.filter(([names]) => names.includes(process.argv[2] ?? ''));
for (const [, register] of typed.length === 0 ? registrations : typed) await register();
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

try {
  await program.parseAsync();
} catch (error) {
  const { code, message, hint } = toErrorRecord(error);
  process.stderr.write(`${styleText('red', `✗ ${message}`)}\n  → ${hint}\n  [${code}]\n`);
  if (code === 'UNEXPECTED' && process.env['DR_DEBUG'] !== undefined)
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 2;
}
