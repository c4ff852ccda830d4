/** `dr step`: what waits and for whom, and what people say to a run, from any terminal. */
import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { parseRome } from '../core/rome-time.ts';
import { utcNow } from '../core/time.ts';
import { databaseFolder } from '../lab/paths.ts';
import { needsPerson } from '../report/live/client/awaited.js';
import { stopDatabaseUnlessUsed } from '../runbooks/durable/postgres.ts';
import { type MilestoneName, milestoneNames } from '../runbooks/evidence/evidence.ts';
import { personCode } from '../runbooks/evidence/person.ts';
import type { Command as RunCommand } from '../runbooks/run/command.ts';
import type { RunView, StepView } from '../runbooks/view/run-view.ts';
import { knownRun, personFolder, sayTo, watchedRun } from './runs.ts';
import { listText, whatNext } from './step-text.ts';

type SayFlags = { run?: string; role: string; note?: string; why?: string; at?: string };

/** Adds `dr step` and its verbs. */
export function registerStep(program: Command): void {
  const step = program
    .command('step')
    .description(
      'I passi che attendono una persona, e le risposte. / The steps that wait for a person, and the answers.',
    );
  step
    .command('list', { isDefault: true })
    .description('Che cosa attende, e chi. / What waits, and for whom.')
    .option('--run <run>', "l'esecuzione / the run")
    .option('--all', 'anche gli altri passi / the other steps too')
    .option('--json', 'un oggetto JSON / one JSON object')
    .action(list);
  withSayOptions(step.command('answer'), 'note')
    .argument('<step>', 'passo / step')
    .argument('<choice>', 'una delle sue scelte / one of its choices')
    .description('Risponde a un passo. / Answers a step.')
    .option('--at <time>', 'quando è avvenuto (9:30 o "2026-11-24 09:30") / when it happened')
    .action(async (id: string, choice: string, flags: SayFlags) => {
      await say(flags, ({ steps }, person) => ({
        type: 'answer',
        step: id,
        attempt: attemptOf(steps, id),
        choice,
        role: flags.role,
        person,
        note: flags.note ?? '',
        ...(flags.at !== undefined && { atUtc: parseRome(flags.at, utcNow()) }),
      }));
    });
  withSayOptions(step.command('take-back'), 'why')
    .argument('<step>', 'passo / step')
    .description(
      'Ritira una risposta, finché nulla ne dipende. / Takes an answer back while nothing depends on it.',
    )
    .action(async (id: string, flags: SayFlags) => {
      await say(flags, ({ steps }, person) => ({
        type: 'take-back',
        step: id,
        attempt: attemptOf(steps, id),
        role: flags.role,
        person,
        why: flags.why ?? '',
      }));
    });
  withSayOptions(step.command('hand-over'), 'why')
    .argument('<from>', 'ruolo che lascia / role that hands over')
    .argument('<to>', 'ruolo che riceve / role that takes over')
    .description('Affida un ruolo a un altro. / Hands a role over to another.')
    .action(async (from: string, to: string, flags: SayFlags) => {
      await say(flags, (_, person) => ({
        type: 'hand-over',
        from,
        to,
        role: flags.role,
        person,
        why: flags.why ?? '',
      }));
    });
  withSayOptions(step.command('declare'), undefined)
    .description(
      "Dichiara l'ora di un punto che il programma non conosce. / Declares the time of a point that the program does not know.",
    )
    .addArgument(step.createArgument('<milestone>', 'punto / point').choices(milestoneNames))
    .argument('<time>', 'ora a Roma / time in Rome: 9:30, "2026-11-24 09:30"')
    .action(async (milestone: MilestoneName, at: string, flags: SayFlags) => {
      const atUtc = parseRome(at, utcNow());
      // Also when the run is over, and its database at rest.
      await say(
        flags,
        (_, person) => ({ type: 'declare', milestone, atUtc, role: flags.role, person }),
        'start',
      );
      await stopDatabaseUnlessUsed(databaseFolder());
    });
  withSayOptions(step.command('abort'), 'why')
    .description("Chiude l'esecuzione così com'è. / Ends the run as it is.")
    .action(async (flags: SayFlags) => {
      await say(flags, (_, person) => ({ type: 'abort', role: flags.role, person, why: flags.why ?? '' }));
    });
}

function withSayOptions(command: Command, reason: 'note' | 'why' | undefined): Command {
  command
    .option(
      '--run <run>',
      "l'esecuzione; senza, l'ultima non conclusa / the run; without, the newest that is not over",
    )
    .requiredOption('--role <role>', 'il ruolo di chi risponde / the role of who answers');
  if (reason === 'note')
    command.option(
      '--note <text>',
      'nota; per saltare o fallire, il motivo / note; the reason to skip or fail',
    );
  if (reason === 'why')
    command.addOption(new Option('--why <text>', 'motivo / reason').makeOptionMandatory());
  return command;
}

async function say(
  flags: SayFlags,
  command: (view: RunView, person: string) => RunCommand,
  database: 'look' | 'start' = 'look',
): Promise<void> {
  const run = await knownRun(flags.run, database);
  using source = await watchedRun(run);
  const person = personCode(await askName(), personFolder(run.settings));
  await sayTo(run, command(source.current(), person));
  using after = await watchedRun(run);
  process.stdout.write(`Registrato. / Recorded. (${run.runId})\n${whatNext(after.current())}\n`);
}

/** Never an argument: other users of the machine see those. Empty where nobody can be asked. */
async function askName(): Promise<string> {
  const given = process.env['DR_PERSON'];
  if (given !== undefined || !process.stdin.isTTY) return given ?? '';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(
      'Nome e cognome (resta su questo computer) / Name (stays on this computer): ',
    );
  } finally {
    terminal.close();
  }
}

function attemptOf(steps: readonly StepView[], id: string): number {
  return Math.max(1, steps.find((step) => step.id === id)?.attempt ?? 1);
}

async function list(flags: { run?: string; all?: boolean; json?: boolean }): Promise<void> {
  const run = await knownRun(flags.run);
  using source = await watchedRun(run);
  const view = source.current();
  const steps = flags.all === true ? view.steps : view.steps.filter(needsPerson);
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ runId: run.runId, steps })}\n`);
  else process.stdout.write(`${listText(run, view, steps)}\n`);
}
