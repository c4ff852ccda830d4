/** What a wrong answer of an application means, in a sentence that names the request. */
import type { Answer } from './http.ts';

export type DialogueStep = 'health' | 'log-on' | 'read' | 'write';
export type Expectation = {
  step: DialogueStep;
  /** The request as the inventory has it, with names in place of values. */
  named: string;
  url: URL;
  expected: { status: number; contains?: string | undefined };
};

const EXCERPT = 160;
/** What applications and their drivers say when the engine does not answer them. */
const DATABASE =
  /SQLSTATE|OperationalError|database|base dati|mysql|mariadb|postgres|connection already closed/i;

/** Undefined where the answer is as expected. */
export function wrongAnswer(
  { step, named, url, expected }: Expectation,
  { status, headers, body }: Answer,
): string | undefined {
  const { contains } = expected;
  const elsewhere = redirection(url, headers.location);
  if (status >= 300 && status < 400 && status !== expected.status && elsewhere !== undefined)
    return `${named}: rimanda a un'altra macchina, ${elsewhere}: una pagina di accesso alla rete, non l'applicazione? / it sends us to another machine: a captive page, not the application?`;
  const answered = `${named}: risponde ${status}`;
  const said = `«${excerpt(body)}»`;
  if (status >= 500 && DATABASE.test(body))
    return `${answered}: l'applicazione è accesa, ma non raggiunge la sua base dati / it is up, but does not reach its database: ${said}`;
  if (status >= 500)
    return `${answered}: l'applicazione è accesa ma fallisce; la sua base dati risponde? / it is up but fails; does its database answer?: ${said}`;
  if (step === 'log-on' && (status === 401 || status === 403))
    return `${answered}: accesso rifiutato all'utenza di prova / the log-on of the test account was refused`;
  if (status !== expected.status)
    return `${answered}, atteso ${expected.status} / expected that status: ${said}`;
  if (contains === undefined || body.includes(contains)) return undefined;
  const what = `${answered}, ma senza il testo atteso «${contains}» / but without the expected text`;
  if (DATABASE.test(body)) return `${what}; parla della sua base dati / it speaks of its database: ${said}`;
  return step === 'log-on'
    ? `${what}: l'utenza di prova non è entrata / the test account did not get in: ${said}`
    : `${what}: ${said}`;
}

export function nothingListens(named: string, said: string): string {
  return `${named}: nessuno risponde a quell'indirizzo e porta (${said}): l'applicazione non è accesa? / nobody answers there: is the application running?`;
}

export function noAnswer(named: string, seconds: number): string {
  return `${named}: nessuna risposta in ${seconds} s / no answer within that time`;
}

export function connectionLost(named: string, said: string): string {
  return `${named}: la connessione è caduta prima della risposta (${said}) / the connection broke before the answer`;
}

/** Where a redirection leads, if that is another machine. */
function redirection(url: URL, location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location, url.href)) return undefined;
  const target = new URL(location, url);
  return target.host === url.host ? undefined : target.host;
}

/** The text of a page without its markup, on one line. */
function excerpt(body: string): string {
  const text = body
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}...` : text;
}
