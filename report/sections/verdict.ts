/** The verdict in one sentence, and right below it whatever stands against a PASS. */
import type { RtoClock, RunState, Verdict } from '../../runbooks/clock/model.ts';
import { duration, target } from '../format.ts';
import { data, type Fragment, type Html, html } from '../html.ts';
import { icon } from '../icons.ts';
import type { Report } from '../model.ts';
import { counted, join, reasonTexts, type Text, text, verdictTexts } from '../texts.ts';
import { countOf } from './count.ts';
import { whatWasDecided } from './decided.ts';
import { whoAnswered } from './people.ts';

/** A page has room for so many before the clocks; the checks table holds them all. */
const MAX_PROBLEMS = 6;
/** And each so much of its evidence. */
const MAX_LINES = 4;
const MAX_LENGTH = 400;

type Figures = Pick<
  RunState,
  'kind' | 'verdict' | 'rto' | 'rpo' | 'outage' | 'checks' | 'milestones' | 'otherWay'
>;

export function verdictSection(report: Report): Html {
  const { outcome } = report.verdict;
  return html`<section class="verdict ${outcomeClass(outcome)}" aria-labelledby="verdict">
<h2 id="verdict">${icon(outcome)}<span>${verdictTexts[outcome]}</span></h2>
<p class="sentence">${verdictSentence(report)}</p>
${byDecision(report)}${whoAnswered(report)}${problems(report)}
</section>\n`;
}

function byDecision(report: Report): Fragment {
  const why = whatWasDecided(report);
  return why === undefined ? '' : html`<p class="people"><strong><bdi>${why}</bdi></strong></p>\n`;
}

/** One sentence with the figures; also what the screen says at the end of a run. */
export function verdictSentence(report: Figures): Text {
  const parts = [...report.verdict.reasons.map((reason) => reasonPart(report, reason)), ...figures(report)];
  const sentence = join(parts, '; ');
  return text(`${capital(sentence.it)}.`, `${capital(sentence.en)}.`);
}

export function outcomeClass(outcome: Verdict['outcome'] | RtoClock['outcome']): string {
  return {
    PASS: 'pass',
    DECLARED: 'declared',
    FAIL: 'fail',
    'NOT CARRIED OUT': 'unknown',
    'NOT VERIFIABLE': 'unknown',
  }[outcome];
}

function reasonPart({ rto, rpo }: Figures, { code, subjects }: Verdict['reasons'][number]): Text {
  const { one, many } = reasonTexts[code];
  if (code === 'rto-missed' && rto !== null) return join([one, against(rto)], ', ');
  if (code === 'rpo-missed' && rpo !== null) return join([one, against(rpo)], ', ');
  return many === undefined ? one : counted(subjects.length, one, many);
}

/** The figures that speak for the run: targets met, checks passed; and what was not measured where people declare the rest. */
function figures(report: Figures): Text[] {
  const { rto, rpo, outage, checks } = report;
  const passed = checks.filter(({ outcome }) => outcome === 'PASS').length;
  const parts: Text[] = [];
  if (rto?.outcome === 'PASS') parts.push(join([countOf(report).reachedIn, against(rto)], ' '));
  if (rpo?.outcome === 'PASS') parts.push(join([text('dati persi per', 'data lost for'), against(rpo)], ' '));
  if (outage && outage.actualMs !== null) {
    const gone = duration(outage.actualMs);
    parts.push(text(`nessuno ha potuto lavorare per ${gone.it}`, `nobody could work for ${gone.en}`));
  }
  if (passed > 0) {
    const what = counted(
      passed,
      text('verifica superata', 'check passed'),
      text('verifiche superate', 'checks passed'),
    );
    parts.push(text(`${what.it} su ${checks.length}`, `${what.en} of ${checks.length}`));
  }
  if (report.verdict.outcome === 'DECLARED') parts.push(notMeasured);
  return parts;
}

const notMeasured = text(
  'nessuna verifica del programma, perdita di dati non misurata',
  'no check by the program, data loss not measured',
);

function against({ actualMs, targetMs }: { actualMs: number | null; targetMs: number }): Text {
  const limit = target(targetMs);
  if (actualMs === null)
    return text(`limite di ${limit.it} già trascorso`, `limit of ${limit.en} already gone by`);
  const actual = duration(actualMs);
  return text(`${actual.it} su ${limit.it}`, `${actual.en} of ${limit.en}`);
}

function problems(report: Report): Fragment {
  const found = [...statusProblems(report), ...checkProblems(report), ...stepProblems(report)];
  if (found.length === 0) return '';
  const more = found.length - MAX_PROBLEMS;
  const rest = text(
    `… e altri ${more}, nelle tabelle qui sotto.`,
    `… and ${more} more, in the tables below.`,
  );
  return html`<ul class="problems">
${found.slice(0, MAX_PROBLEMS)}${more > 0 ? html`<li>${rest}</li>` : ''}</ul>`;
}

function statusProblems({ status, statusDetail }: Report): Html[] {
  if (status !== 'aborted' || statusDetail === '') return [];
  return [
    html`<li>${icon('NOT VERIFIABLE')}<div><p class="evidence">${brief(statusDetail)}</p></div></li>\n`,
  ];
}

function checkProblems({ checks }: Report): Html[] {
  const bad = [
    ...checks.filter(({ outcome }) => outcome === 'FAIL'),
    ...checks.filter(({ outcome }) => outcome === 'NOT VERIFIABLE'),
  ];
  return bad.map(
    (check) => html`<li>${icon(check.outcome)}<div><strong>${text(check.titleIt, check.titleEn)}</strong>
<code>${data(check.id)}</code><p class="evidence">${brief(check.evidence)}</p></div></li>\n`,
  );
}

function stepProblems({ steps }: Report): Html[] {
  return steps
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'interrupted')
    .map(
      (step) => html`<li>${icon('FAIL')}<div><strong>${text(step.titleIt, step.titleEn)}</strong>
<code>${data(step.step)}</code><p class="evidence">${brief(step.attempts.at(-1)?.detail ?? '')}</p></div></li>\n`,
    );
}

/** The beginning of what was seen: a check that found a thousand wrong files must leave room for the next one. */
function brief(evidence: string): Fragment {
  const start = evidence.split('\n').slice(0, MAX_LINES).join('\n').slice(0, MAX_LENGTH);
  if (start === evidence) return data(evidence);
  return [data(`${start}…`), text(' (continua nelle tabelle)', ' (goes on in the tables)')];
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
