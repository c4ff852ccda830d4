/** `dr status`: a run as it stands, once, again and again, or as a page; looks and never executes. */
import { isatty } from 'node:tty';
import { type Command, InvalidArgumentError } from 'commander';
import { whenTold } from '../core/signals.ts';
import { databaseFolder } from '../lab/paths.ts';
import { serveLive } from '../report/live/server.ts';
import { renderWatch, watchOnTerminal } from '../report/live/watch.ts';
import { type Locale, locales } from '../report/texts.ts';
import { findDatabase } from '../runbooks/durable/postgres.ts';
import { RunStore } from '../runbooks/durable/store.ts';
import { actOn } from './live.ts';
import { knownRun, noRunsNow, watchedRun } from './runs.ts';

type StatusFlags = {
  list?: boolean;
  watch?: boolean;
  serve?: boolean;
  host?: string;
  port?: number;
  act?: boolean;
  lang: Locale;
  json?: boolean;
};

/** Adds `dr status`. */
export function registerStatus(program: Command): void {
  program
    .command('status')
    .description("A che punto è un'esecuzione. / How far a run is.")
    .argument('[run]', "l'esecuzione; senza, l'ultima / the run; without, the newest")
    .option('--list', 'le esecuzioni note / the runs that are known')
    .option('--watch', 'continua a guardare / keep looking')
    .option('--serve', 'come pagina per il browser / as a page for the browser')
    .option(
      '--host <address>',
      'indirizzo della pagina; se non è 127.0.0.1 serve DR_LIVE_TOKEN / address of the page; other than 127.0.0.1 needs DR_LIVE_TOKEN',
    )
    .option('--port <port>', 'porta della pagina / port of the page', Number)
    .option('--act', 'dalla pagina si può anche rispondere / the page takes answers too')
    .option('--lang <code>', `lingua / language: ${locales.join(', ')}`, parseLocale, 'it' as const)
    .option('--json', 'un oggetto JSON / one JSON object')
    .action(status);
}

async function status(wanted: string | undefined, flags: StatusFlags): Promise<void> {
  if (flags.list === true) return await listRuns();
  const run = await knownRun(wanted);
  using source = await watchedRun(run);
  if (flags.serve === true) {
    const token = process.env['DR_LIVE_TOKEN'];
    const served = await serveLive({
      source,
      ...(flags.act === true && { act: actOn(run) }),
      ...(flags.host !== undefined && { host: flags.host }),
      ...(flags.port !== undefined && { port: flags.port }),
      ...(token !== undefined && token !== '' && { token }),
      locale: flags.lang,
    });
    process.stdout.write(`Pagina / Page: ${served.url}  (Ctrl-C)\n`);
    await interrupted();
    return await served.close();
  }
  if (flags.watch === true) {
    const stop = watchOnTerminal(source, process.stdout, flags.lang);
    await interrupted();
    return stop();
  }
  const view = source.current();
  if (flags.json === true) process.stdout.write(`${JSON.stringify(view)}\n`);
  else {
    const columns = process.stdout.columns ?? 100;
    const lines = renderWatch(view, { columns, locale: flags.lang, colour: isatty(process.stdout.fd) });
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

async function listRuns(): Promise<void> {
  const url = await findDatabase(databaseFolder());
  if (url === undefined) {
    throw noRunsNow();
  }
  await using store = await RunStore.open(url, { create: false });
  for (const { runId, finished, owner } of await store.runs())
    process.stdout.write(`${runId}  ${finished ? 'conclusa / over' : 'aperta / open'}  ${owner}\n`);
}

async function interrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    whenTold(['SIGINT', 'SIGTERM'], resolve);
  });
}

function parseLocale(text: string): Locale {
  const found = locales.find((locale) => locale === text);
  if (found === undefined) throw new InvalidArgumentError(locales.join(' | '));
  return found;
}
