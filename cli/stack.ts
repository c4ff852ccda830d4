/** `dr stack`: the two sites as Pulumi stacks. */
import { type Command, Option } from 'commander';
import { DrError } from '../core/errors.ts';
import { serverAt } from '../inventory/lookup.ts';
import { plainPulumiEnvironment, SiteStack, type StackRun } from '../stacks/engine.ts';
import type { StackEvent } from '../stacks/engine-events.ts';
import {
  type SiteName,
  type StackSettings,
  siteNames,
  siteRoles,
  stackSettingsSchema,
} from '../stacks/settings.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type StackFlags = PlaceFlags & {
  role?: (typeof siteRoles)[number];
  label?: string;
  snapshot: string;
  overrideBy?: string;
  overrideWhy?: string;
  overrideAlive?: boolean;
  json?: boolean;
};
type Action = (stack: SiteStack, onEvent: (event: StackEvent) => void) => Promise<StackRun>;

const actions: Record<string, { description: string; action: Action }> = {
  preview: {
    description: 'Che cosa cambierebbe, senza toccare nulla. / What would change; nothing is touched.',
    action: async (stack, onEvent) => await stack.preview(onEvent),
  },
  up: {
    description:
      'Porta la sede allo stato voluto; continua ciò che si era interrotto. / Makes the site so; continues what was cut off.',
    action: async (stack, onEvent) => await stack.up(onEvent),
  },
  refresh: {
    description: 'Rilegge lo stato. / Reads the state again.',
    action: async (stack, onEvent) => await stack.refresh(onEvent),
  },
  destroy: {
    description: 'Riporta la sede a riposo. / Stands the site down.',
    action: async (stack, onEvent) => await stack.destroy(onEvent),
  },
};

/** Adds `dr stack` and its verbs. */
export function registerStack(program: Command): void {
  const stack = program
    .command('stack')
    .description('Le due sedi come stack di Pulumi. / The two sites as Pulumi stacks.');
  for (const [name, { description, action }] of Object.entries(actions)) {
    withSettings(stack.command(name).description(description)).action(
      async (site: SiteName, flags: StackFlags) => await runAction(site, flags, action),
    );
  }
  withSettings(
    stack
      .command('env')
      .description('Variabili per usare "pulumi" a mano. / Variables for a plain "pulumi" by hand.'),
  ).action(async (site: SiteName, flags: StackFlags) => {
    const { context, place } = await surroundingsOf(flags, tellProgress);
    // Opening it makes the stack, so that "pulumi preview" finds it; its settings are written beside Pulumi.yaml by `config set`.
    await SiteStack.open(
      site,
      settingsOf(site, flags, serverAt(context.inventory, site, 'file-server').name),
      place,
    );
    for (const [name, value] of Object.entries(plainPulumiEnvironment(place))) {
      process.stdout.write(`export ${name}='${value}'\n`);
    }
  });
}

function withSettings(command: Command): Command {
  return withPlaceOptions(command)
    .addArgument(command.createArgument('<site>', 'sede / site').choices(siteNames))
    .addOption(new Option('--role <role>', 'ruolo della sede / role of the site').choices(siteRoles))
    .option('--label <label>', 'cassetta da cui ripristinare / cassette to restore from')
    .option('--snapshot <id>', 'quale copia / which backup', 'latest')
    .option(
      '--override-by <role>',
      'ruolo che risponde del blocco scavalcato / role that answers for overriding the interlock',
    )
    .option('--override-why <text>', 'e per quale motivo / and why')
    .option('--override-alive', 'anche se Lucca risponde / even though Lucca answers')
    .option(
      '--backend <url>',
      'backend di Pulumi (DR_PULUMI_BACKEND); senza, file locali / without it, local files',
    )
    .option('--json', 'un oggetto JSON / one JSON object');
}

async function runAction(site: SiteName, flags: StackFlags, action: Action): Promise<void> {
  const { context, place } = await surroundingsOf(flags, tellProgress);
  const settings = settingsOf(site, flags, serverAt(context.inventory, site, 'file-server').name);
  const stack = await SiteStack.open(site, settings, place);
  const done = await action(stack, showEvent);
  if (flags.json === true) process.stdout.write(`${JSON.stringify(done)}\n`);
  else {
    const counted = Object.entries(done.changes).map(([kind, count]) => `${count} ${kind}`);
    process.stdout.write(`${done.changed ? '' : 'Nulla da fare. / Nothing to do. '}${counted.join(', ')}\n`);
  }
}

/** Lucca works (`active`) unless told otherwise; Viareggio stands by. */
function settingsOf(site: SiteName, flags: StackFlags, cassetteHost: string): StackSettings {
  const role =
    flags.role ?? (site === 'lucca' ? 'active' : flags.label === undefined ? 'standby' : 'exercise');
  const { overrideBy, overrideWhy, overrideAlive } = flags;
  const overrides = {
    ...(overrideBy !== undefined && { overrideBy }),
    ...(overrideWhy !== undefined && { overrideWhy }),
    ...(overrideAlive !== undefined && { overrideAlive }),
  };
  if (Object.keys(overrides).length > 0 && (role !== 'active' || site === 'lucca')) throw overrideMisplaced();
  if (role === 'standby' || (site === 'lucca' && flags.label === undefined)) {
    return stackSettingsSchema.parse({ role });
  }
  if (flags.label !== undefined) {
    return stackSettingsSchema.parse({
      role,
      from: { label: flags.label, snapshot: flags.snapshot, cassetteHost },
      ...overrides,
    });
  }
  throw new DrError(
    'LABEL_MISSING',
    `Per il ruolo ${role} serve la cassetta da cui ripristinare. / Role ${role} needs the cassette to restore from.`,
    'Aggiungere --label ETICHETTA; le cassette sono in inventory/cassettes.yaml. / Add --label LABEL.',
  );
}

function overrideMisplaced(): DrError {
  return new DrError(
    'OVERRIDE_NOT_ALLOWED',
    'Il blocco si può scavalcare solo per Viareggio nel ruolo active. / The interlock can be overridden for Viareggio in role active only.',
    'Ripetere senza --override-by, --override-why e --override-alive. / Run again without them.',
  );
}

/** Tells people what the engine does. */
export function showEvent(event: StackEvent): void {
  switch (event.kind) {
    case 'started':
      if (event.operation !== 'same') tellProgress(`${event.resource} ...`);
      break;
    case 'finished':
      if (event.operation !== 'same') tellProgress(`${event.resource}: ${event.operation}`);
      break;
    case 'failed':
      tellProgress(`${event.resource}: FAIL`);
      break;
    case 'progress':
      tellProgress(`${event.resource} ${event.text}`);
      break;
    case 'message':
      tellProgress(event.text);
      break;
  }
}
