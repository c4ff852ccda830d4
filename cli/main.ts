/** The `dr` command: parse, call, print. Exit status: 0 done and in order, 1 something is wrong, 2 it could not be carried out. */
import { styleText } from 'node:util';
import { Command } from 'commander';
import { toErrorRecord } from '../core/errors.ts';
import { buildLucca } from '../lab/lucca.ts';
import { registerBackup } from './backup.ts';
import { registerCassette } from './cassette.ts';
import { type CheckOptions, check } from './check.ts';
import { registerDrill } from './drill.ts';
import { registerLab } from './lab.ts';
import { registerReport } from './report.ts';
import { registerRestore } from './restore.ts';
import { registerReturn } from './return.ts';
import { registerRunbook } from './runbook.ts';
import { registerSchedule } from './schedule.ts';
import { registerStack } from './stack.ts';
import { registerStatus } from './status.ts';
import { registerStep } from './step.ts';
import { registerVerify } from './verify.ts';

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

registerDrill(program);
registerLab(program, buildLucca);
registerBackup(program);
registerCassette(program);
registerStack(program);
registerVerify(program);
registerReturn(program);
registerReport(program);
registerRestore(program);
registerStep(program);
registerStatus(program);
registerRunbook(program);
registerSchedule(program);
program
  .command('check')
  .description(
    "Controlla l'inventario e ciò in cui i documenti non concordano. / Checks the inventory, and where the documents disagree.",
  )
  .option('--inventory <dir>', "cartella dell'inventario / folder of the inventory")
  .option('--json', 'un oggetto JSON / one JSON object')
  .action(async (options: CheckOptions) => {
    process.exitCode = await check(options);
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
