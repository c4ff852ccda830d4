/** Letters about the daily verification of the cassette: its outcome changed, or none comes any more. Italian first, then English. */
import type { Overview } from '../../cassette/overview.ts';
import { levelNames, outcomeWords } from '../../cassette/words.ts';
import { formatDurationMs, formatRome } from '../../core/time.ts';
import type { Letter } from './letter.ts';

type Language = 'it' | 'en';
type Ended = NonNullable<Overview['last']>;

/** `wasSilent`: no verification had ended for too long before this one. */
export function changeLetter(site: string, last: Ended, wasSilent: boolean): Letter {
  const { verdict } = last;
  const name = siteName(site);
  const level = verdict.at === null ? '' : ` (${levelNames[verdict.at].it})`;
  return {
    lists: ['it-office'],
    subject: `Cassetta a ${name}: verifica ${outcomeWords[verdict.outcome].it}${level}`,
    text: inBoth((language) => changeText(language, name, last, wasSilent)),
  };
}

/** `lastEndedAtUtc` is null where no verification ever ended. */
export function silenceLetter(site: string, lastEndedAtUtc: string | null, silentMs: number): Letter {
  const name = siteName(site);
  return {
    lists: ['it-office'],
    subject: `Cassetta a ${name}: le verifiche tacciono da ${formatDurationMs(silentMs)}`,
    text: inBoth((language) => silenceText(language, name, lastEndedAtUtc, silentMs)),
  };
}

function inBoth(text: (language: Language) => string[]): string {
  return `${[...text('it'), '---', ...text('en')].join('\n\n')}\n`;
}

function changeText(language: Language, site: string, last: Ended, wasSilent: boolean): string[] {
  const { verification, verdict, endedAtUtc } = last;
  const outcome = outcomeWords[verdict.outcome][language];
  const at = formatRome(endedAtUtc);
  const again = { it: 'Le verifiche sono riprese.', en: 'Verifications have come again.' }[language];
  const head = {
    it: `La verifica della cassetta a ${site}, finita il ${at}, è ${outcome}.`,
    en: `The verification of the cassette at ${site} that ended ${at} has this outcome: ${outcome}.`,
  }[language];
  const lines = verification.results.flatMap(({ level, outcome: found, checks }) => [
    `- ${levelNames[level][language]}: ${outcomeWords[found][language]}`,
    ...checks
      .filter((check) => check.outcome !== 'PASS')
      .map((check) => `    ${language === 'it' ? check.titleIt : check.titleEn}: ${check.evidence}`),
  ]);
  return [...(wasSilent ? [again] : []), head, lines.join('\n'), meaning(language, last)];
}

function meaning(language: Language, { verdict, verification: { requested } }: Ended): string {
  const level = levelNames[requested][language];
  switch (verdict.outcome) {
    case 'PASS':
      return {
        it: `Tutto è in ordine fino al livello "${level}". Non c'è nulla da fare.`,
        en: `All is in order up to the level "${level}". There is nothing to do.`,
      }[language];
    case 'FAIL':
      return {
        it: 'Oggi un ripristino da questa cassetta può non riuscire. Fare ciò che è scritto sopra; poi, su quella macchina: systemctl start lucca-dr-verify',
        en: 'A restore from this cassette may fail today. Do what is said above; then, on that machine: systemctl start lucca-dr-verify',
      }[language];
    case 'NOT VERIFIABLE':
      return {
        it: 'Non si sa se la cassetta sia buona: la verifica non si è potuta fare. Togliere la causa scritta sopra; poi, su quella macchina: systemctl start lucca-dr-verify',
        en: 'Whether the cassette is good is not known: the verification could not be carried out. Remove the cause said above; then, on that machine: systemctl start lucca-dr-verify',
      }[language];
    default:
      return verdict.outcome satisfies never;
  }
}

function silenceText(
  language: Language,
  site: string,
  lastEndedAtUtc: string | null,
  silentMs: number,
): string[] {
  const span = formatDurationMs(silentMs, language);
  const last = lastEndedAtUtc === null ? null : formatRome(lastEndedAtUtc);
  return {
    it: [
      `Da ${span} nessuna verifica della cassetta a ${site} arriva alla fine.`,
      last === null ? 'Nessuna è mai finita.' : `L'ultima è finita il ${last}.`,
      'Se la cassetta sia buona non si sa più. Sulla macchina che la tiene guardare: systemctl status lucca-dr-verify.timer lucca-dr-verify; journalctl -u lucca-dr-verify',
    ],
    en: [
      `For ${span} no verification of the cassette at ${site} has come to its end.`,
      last === null ? 'None ever ended.' : `The last one ended ${last}.`,
      'Whether the cassette is good is no longer known. On the machine that holds it look at: systemctl status lucca-dr-verify.timer lucca-dr-verify; journalctl -u lucca-dr-verify',
    ],
  }[language];
}

function siteName(site: string): string {
  return site.charAt(0).toUpperCase() + site.slice(1);
}
