/** `dr return`: what changed at Viareggio goes back to Lucca, as a run with people in it, or one verb at a time by hand. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Check } from '../core/check.ts';
import {
  restoreLucca,
  resumeServing,
  returnBackup,
  standbyViareggio,
  stopServing,
} from '../runbooks/works/return-to-lucca.ts';
import type { ScriptContext } from '../scripts/context.ts';
import type { StackPlace } from '../stacks/engine.ts';
import { beginSiteRun, type SiteRunFlags } from './begin-site-run.ts';
import { withRunOptions } from './drill.ts';
import { showEvent } from './stack.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type ReturnFlags = PlaceFlags & { label: string; snapshot: string };
type Step = {
  description: string;
  label?: true;
  snapshot?: true;
  run: (context: ScriptContext, place: StackPlace, flags: ReturnFlags) => Promise<object>;
};

const steps: Record<string, Step> = {
  backup: {
    description:
      'La copia lunga, mentre Viareggio lavora ancora. / The long copy, while Viareggio still works.',
    label: true,
    run: async (context, _place, { label }) => await returnBackup(context, label),
  },
  stop: {
    description:
      "Viareggio smette di servire, i dati restano; poi l'ultima copia. / Viareggio stops serving and keeps its data; then the last copy.",
    label: true,
    run: async (context, _place, { label }) => await stopServing(context, { site: 'viareggio', label }),
  },
  resume: {
    description:
      'Viareggio torna a servire, se Lucca non ha ancora ripreso. / Viareggio serves again, unless Lucca does.',
    run: async (context) => await resumeServing(context, 'viareggio'),
  },
  restore: {
    description:
      'Lucca rinasce su macchine nuove e si verifica. / Lucca comes back on new machines and is verified.',
    label: true,
    snapshot: true,
    run: async (context, place, source) => {
      const done = await restoreLucca(context, place, source, { onEvent: showEvent, onCheck: tellCheck });
      if (done.checks.some(({ outcome }) => outcome !== 'PASS')) process.exitCode = 1;
      return done;
    },
  },
  standby: {
    description:
      'Viareggio torna a riposo: i suoi dati si cancellano. / Viareggio stands by again: its data are erased.',
    run: async (context, place) =>
      await standbyViareggio(context, place, { onEvent: showEvent, onCheck: tellCheck }),
  },
};

/** Adds `dr return`, which is `dr return run`, and its verbs. */
export function registerReturn(program: Command): void {
  const command = program
    .command('return')
    .description(
      'Il rientro a Lucca, passo per passo; con un verbo, un solo passo a mano. / The return to Lucca, step by step; with a verb, one step by hand.',
    );
  // A verb of its own, so that its options are not taken from those of the others.
  const run = command
    .command('run', { isDefault: true })
    .description(
      'Tutto il rientro: le persone rispondono dalla pagina o con "dr step", le macchine fanno il resto. / The whole return: people answer on the page or with "dr step", the program does the rest.',
    )
    .option(
      '--backend <url>',
      'dove Pulumi tiene lo stato / where Pulumi keeps its state (DR_PULUMI_BACKEND)',
    );
  withRunOptions(withPlaceOptions(run)).action(runReturn);
  for (const [name, step] of Object.entries(steps)) {
    const verb = withPlaceOptions(command.command(name).description(step.description));
    if (step.label === true) {
      verb.requiredOption('--label <label>', 'etichetta della cassetta / label of the cassette', notEmpty);
    }
    if (step.snapshot === true)
      verb.option('--snapshot <id>', 'quale copia / which backup', notEmpty, 'latest');
    verb.action(async (flags: ReturnFlags) => {
      const { context, place } = await surroundingsOf(flags, tellProgress);
      process.stdout.write(`${JSON.stringify(await step.run(context, place, flags))}\n`);
    });
  }
}

async function runReturn(flags: SiteRunFlags): Promise<void> {
  process.exitCode = await beginSiteRun({ kind: 'return' }, flags, 'return-backup');
}

function tellCheck({ outcome, titleIt, evidence }: Check): void {
  tellProgress(`${outcome}  ${titleIt}${outcome === 'PASS' ? '' : `: ${evidence}`}`);
}

/** A variable that was not set must not become a choice. */
function notEmpty(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('vuoto / empty');
}
