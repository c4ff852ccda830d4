/** The daily verifications of the cassette before this run: what each level said day by day, and how old the newest snapshot was. */
import type { TrendDay } from '../../cassette/trend.ts';
import { type Level, levels } from '../../cassette/verification.ts';
import { levelNames } from '../../cassette/words.ts';
import type { CheckOutcome } from '../../core/check.ts';
import { Html, html } from '../html.ts';
import { checkOutcomeTexts, type Text, text } from '../texts.ts';
import { outcomeClass } from './verdict.ts';

/** What the chart of ages shows at most, in times of the RPO. */
const SHOWN_TIMES = 2;

/** Nothing where no verification was ever carried out. */
export function verificationsSection(trend: readonly TrendDay[]): Html {
  const [first, last] = [trend[0], trend.at(-1)];
  if (first === undefined || last === undefined || trend.every(isEmpty)) return new Html('');
  const caption = text(
    `Verifiche della cassetta dal ${first.day} al ${last.day}, un giorno per colonna; conta l’ultima di ogni giorno`,
    `Verifications of the cassette from ${first.day} to ${last.day}, a column a day; the last of each day counts`,
  );
  return html`<section aria-labelledby="verifications"><h2 id="verifications">${text('Verifiche della cassetta', 'Verifications of the cassette')}</h2>
<table class="verifications"><caption>${caption}</caption>
<thead><tr><th scope="col">${text('Livello', 'Level')}</th><th scope="col">${text('Giorni', 'Days')}</th><th scope="col">${text('Riassunto', 'Summary')}</th></tr></thead>
<tbody>
${levels.map((level) => levelRow(level, trend))}${ageRow(trend)}</tbody></table></section>\n`;
}

function isEmpty({ outcomes }: TrendDay): boolean {
  return levels.every((level) => outcomes[level] === null);
}

function levelRow(level: Level, trend: readonly TrendDay[]): Html {
  const marks = trend
    .map(({ outcomes }, index) => ({ outcome: outcomes[level], index }))
    .map(({ outcome, index }) =>
      outcome === null
        ? ''
        : `<rect class="${outcomeClass(outcome)}" ${column(trend, index)} ${heightOf(outcome)}/>`,
    );
  return html`<tr><th scope="row">${levelNames[level]}</th><td>${strip(marks.join(''))}</td><td>${summary(level, trend)}</td></tr>\n`;
}

/** Told apart without colours too: what failed is whole, what passed half as high. */
function heightOf(outcome: CheckOutcome): string {
  return outcome === 'PASS'
    ? 'y="50%" height="50%"'
    : outcome === 'FAIL'
      ? 'y="0" height="100%"'
      : 'y="25%" height="25%"';
}

function summary(level: Level, trend: readonly TrendDay[]): Text {
  const carried = trend.filter(({ outcomes }) => outcomes[level] !== null);
  const last = carried.at(-1);
  const outcome = last?.outcomes[level] ?? null;
  if (last === undefined || outcome === null) return text('mai eseguita', 'never carried out');
  const passed = carried.filter(({ outcomes }) => outcomes[level] === 'PASS').length;
  const { it, en } = checkOutcomeTexts[outcome];
  return text(
    `${it} il ${last.day}; superata in ${passed} giorni su ${carried.length}`,
    `${en} on ${last.day}; passed on ${passed} of ${carried.length} days`,
  );
}

function ageRow(trend: readonly TrendDay[]): Html {
  const bars = trend.map(({ timesRpo }, index) => {
    if (timesRpo === null) return '';
    const height = Math.max(2, Math.min(1, timesRpo / SHOWN_TIMES) * 100);
    return `<rect class="${timesRpo > 1 ? 'fail' : 'pass'}" ${column(trend, index)} y="${100 - height}%" height="${height}%"/>`;
  });
  const limit = `<line class="limit" x1="0" x2="100%" y1="${100 - 100 / SHOWN_TIMES}%" y2="${100 - 100 / SHOWN_TIMES}%"/>`;
  const known = trend.flatMap(({ timesRpo }) => (timesRpo === null ? [] : [timesRpo]));
  const worst = Math.max(0, ...known).toFixed(1);
  return html`<tr><th scope="row">${text('età dello snapshot', 'age of the snapshot')}</th><td>${strip(bars.join('') + limit)}</td><td>${text(
    `al più ${worst.replace('.', ',')} volte l’RPO (linea)`,
    `at most ${worst} times the RPO (line)`,
  )}</td></tr>\n`;
}

function column(trend: readonly TrendDay[], index: number): string {
  const width = 100 / trend.length;
  return `x="${(index * width).toFixed(2)}%" width="${(width * 0.8).toFixed(2)}%"`;
}

function strip(shapes: string): Html {
  return new Html(`<svg class="strip" aria-hidden="true">${shapes}</svg>`);
}
