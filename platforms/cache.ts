/**
 * Where the set-up puts what it makes, and where everything else finds it: one cache folder for each user, outside the project.
 * Nothing here runs a program or makes a folder; setup/ fills the places, the other rooms read them.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DrError } from '../core/errors.ts';
import { type LabImageRecipe, labImageDigest } from './lab-image.ts';

export const PULUMI_VERSION = '3.250.0';
export const COMMAND_PROVIDER_VERSION = '1.2.1';
/** The engine starts a provider by this name. */
export const COMMAND_PROVIDER_PROGRAM = 'pulumi-resource-command';

/** The folder of this checkout. */
export function projectDirectory(): string {
  return fileURLToPath(new URL('..', import.meta.url));
}

/** `DR_STATE`, else `.state` in the project. */
export function stateDirectory(): string {
  return resolve(process.env['DR_STATE'] || join(projectDirectory(), '.state'));
}

/** `DR_CACHE`, else `tools` in a project unpacked from a recovery kit, else `lucca-dr` in the user's cache folder (XDG_CACHE_HOME, else ~/.cache). */
export function cacheDirectory(): string {
  const { DR_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own) return own;
  const carried = join(projectDirectory(), 'tools');
  if (existsSync(carried)) return carried;
  return join(xdg || join(homedir(), '.cache'), 'lucca-dr');
}

/** A root file system under lab hosts, by default every lab's; read only, shared by all of them. It exists once complete, never half built. */
export function labImageDirectory(recipe?: LabImageRecipe): string {
  return join(cacheDirectory(), `lab-image-${labImageDigest(recipe)}`);
}

/** The folder that holds `bin/pulumi`, as the Automation API wants it (`PulumiCommand.get({ root })`). */
export function pulumiRoot(): string {
  return join(cacheDirectory(), `pulumi-${PULUMI_VERSION}`);
}

export function pulumiBinDirectory(): string {
  return join(pulumiRoot(), 'bin');
}

/** PULUMI_HOME: keeps the engine's own files (plugins, credentials) out of the user's ~/.pulumi. */
export function pulumiHome(): string {
  return join(cacheDirectory(), 'pulumi-home');
}

/** Where the official command provider lies when it could be had. */
export function officialCommandProviderDirectory(): string {
  return join(cacheDirectory(), `command-provider-${COMMAND_PROVIDER_VERSION}`);
}

/** Our own command provider: a shell file that starts the TypeScript beside it. */
export function ownCommandProviderDirectory(): string {
  return join(projectDirectory(), 'stacks', 'command-provider');
}

/** The folder of the shell file that starts this command provider and ends it with its engine, for the engine's PATH. */
export function commandProviderStart(kind: CommandProviderKind): string {
  return kind === 'own' ? ownCommandProviderDirectory() : join(ownCommandProviderDirectory(), 'official');
}

/** Prometheus' own checker of metrics, which the tests hold ours against. */
export function promtoolProgram(): string {
  return join(cacheDirectory(), 'promtool', 'usr', 'bin', 'promtool');
}

/** NODE_COMPILE_CACHE: what Node made of our modules, so that each script of a stack starts in half the processor time. */
export function compileCacheDirectory(): string {
  return join(cacheDirectory(), 'node-compile-cache');
}

export type CommandProviderKind = 'official' | 'own';

export type ToolPaths = {
  /** Give this to `PulumiCommand.get({ root })`. */
  pulumiRoot: string;
  pulumi: string;
  pulumiHome: string;
  commandProvider: CommandProviderKind;
  /** Folders to put first on PATH, so that the engine finds itself and the command provider. */
  pathAdditions: readonly string[];
};

/**
 * Where Pulumi and the command provider are. `DR_COMMAND_PROVIDER` (own | official) chooses the provider; without it the official one
 * is taken where the set-up found it, else our own.
 * @throws DrError PULUMI_MISSING, COMMAND_PROVIDER_MISSING (official asked for, not there), COMMAND_PROVIDER_CHOICE (another word)
 */
export function toolPaths(): ToolPaths {
  const pulumi = join(pulumiBinDirectory(), 'pulumi');
  if (!isExecutable(pulumi)) {
    throw new DrError(
      'PULUMI_MISSING',
      `Pulumi ${PULUMI_VERSION} non è pronto (atteso in "${pulumi}"). / Pulumi is not set up (expected there).`,
      'Eseguire una volta "npm test" o "npm run drill": la preparazione lo installa. / Run one of them once: the set-up installs it.',
    );
  }
  const commandProvider = chooseCommandProvider();
  return {
    pulumiRoot: pulumiRoot(),
    pulumi,
    pulumiHome: pulumiHome(),
    commandProvider,
    pathAdditions: [commandProviderStart(commandProvider), pulumiBinDirectory()],
  };
}

/** The environment variables that make a Pulumi program use {@link toolPaths} and nothing from the network, and its scripts start fast. */
export function pulumiEnvironment(tools: ToolPaths): Record<string, string> {
  return {
    PATH: [...tools.pathAdditions, process.env['PATH'] ?? ''].join(delimiter),
    PULUMI_HOME: tools.pulumiHome,
    DR_OFFICIAL_COMMAND_PROVIDER: join(officialCommandProviderDirectory(), COMMAND_PROVIDER_PROGRAM),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    NODE_COMPILE_CACHE: compileCacheDirectory(),
  };
}

/** `DR_COMMAND_PROVIDER`, checked; undefined where the choice is left to us. */
export function requestedCommandProvider(): CommandProviderKind | undefined {
  const choice = process.env['DR_COMMAND_PROVIDER'];
  if (choice === undefined || choice === '') return undefined;
  if (choice === 'own' || choice === 'official') return choice;
  throw new DrError(
    'COMMAND_PROVIDER_CHOICE',
    `DR_COMMAND_PROVIDER vale "${choice}", che non è una scelta. / That value is not a choice.`,
    'Scrivere DR_COMMAND_PROVIDER=own oppure DR_COMMAND_PROVIDER=official, o toglierla. / Use own or official, or unset it.',
  );
}

function chooseCommandProvider(): CommandProviderKind {
  const requested = requestedCommandProvider();
  if (requested === 'own') return 'own';
  const official = join(officialCommandProviderDirectory(), COMMAND_PROVIDER_PROGRAM);
  if (isExecutable(official)) return 'official';
  if (requested === undefined) return 'own';
  throw new DrError(
    'COMMAND_PROVIDER_MISSING',
    `Il provider ufficiale dei comandi ${COMMAND_PROVIDER_VERSION} non c'è (atteso in "${official}"). / The official command provider is not there.`,
    'Togliere DR_COMMAND_PROVIDER per usare il nostro, o indicare la cartella del kit con DR_KIT e ripetere. / Unset DR_COMMAND_PROVIDER to use ours, or name the kit folder with DR_KIT and run again.',
  );
}

/** True when the file is there and may be run; a link whose target went away is not. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
