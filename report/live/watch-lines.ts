/** A run in a few lines for the terminal, and what is new in it. */
import type { ServiceClock } from '../../runbooks/clock/model.ts';
import type { RunView, StepView } from '../../runbooks/view/run-view.ts';
import { dayAndTime, duration, target, timeOfDay } from '../format.ts';
import { verdictSentence } from '../sections/verdict.ts';
import { beside, type Line, oneLine, spread, stopwatch, type Tone, verdictTones } from '../terminal.ts';
import { join, type Locale, runTitle, type Text, text, verdictTexts } from '../texts.ts';
import { fit } from '../visible.ts';
import { awaited, needsPerson } from './client/awaited.js';
import { type RtoState, rtoState } from './client/rto.js';
import { liveTexts, rtoTexts, statusTexts, watchTexts } from './texts.ts';

const MAX_RUNNING = 4;
const MAX_WAITING = 6;
const MAX_ALARMS = 4;
const MAX_LOG = 5;

const rtoTones = {
  'not-started': 'plain',
  running: 'strong',
  near: 'doubtful',
  missed: 'bad',
  verified: 'good',
  'verified-late': 'bad',
  declared: 'strong',
  'declared-late': 'bad',
  stopped: 'plain',
  serving: 'plain',
  outage: 'strong',
  returned: 'good',
} satisfies Record<RtoState, Tone>;
const serviceTones = { PASS: 'good', FAIL: 'bad', 'NOT VERIFIABLE': 'plain' } as const;

/** Each at most `width` columns wide; what matters most stands first, so that a small window shows it. */
export function watchLines(view: RunView, locale: Locale, width: number): Line[] {
  const { run } = view;
  const lines = [
    { text: beside(runTitle(run), locale, width), tone: 'strong' as const },
    countLine(view, locale, width),
    ...forecastLines(view, locale, width),
    ...(run.services ?? []).map((service) => serviceLine(service, locale, width)),
    ...standingLines(view, locale, width),
    ...view.alarms.slice(-MAX_ALARMS).map((alarm) => alarmLine(alarm, locale, width)),
    ...(run.status === 'unfinished' ? doingLines(view, locale, width) : []),
    ...view.log.slice(-MAX_LOG).map((entry) => logLine(entry, locale, width)),
  ];
  return lines.map(({ text: words, tone }) => ({ text: fit(oneLine(words), width), tone }));
}

/** The lines that `after` adds to `before`: log, alarms, who is newly awaited, an interruption, the verdict. */
export function changeLines(before: RunView | undefined, after: RunView, locale: Locale): Line[] {
  const width = Number.POSITIVE_INFINITY;
  const lastSeq = before?.log.at(-1)?.seq ?? -1;
  const knownAlarms = new Set(before?.alarms.map(({ atUtc, text: words }) => atUtc + words.it));
  const wasWaiting = new Set(before?.steps.filter(needsPerson).map(keyOf));
  const stood = before === undefined ? [] : standingLines(before, locale, width).map((line) => line.text);
  return [
    ...(before === undefined ? watchLines({ ...after, log: [], alarms: [] }, locale, width).slice(0, 2) : []),
    ...after.log.filter(({ seq }) => seq > lastSeq).map((entry) => logLine(entry, locale, width)),
    ...after.alarms
      .filter(({ atUtc, text: words }) => !knownAlarms.has(atUtc + words.it))
      .map((alarm) => alarmLine(alarm, locale, width)),
    ...after.steps
      .filter((step) => needsPerson(step) && !wasWaiting.has(keyOf(step)))
      .map((step) => waitingLine(after, step, locale, width)),
    ...standingLines(after, locale, width).filter((line) => !stood.includes(line.text)),
  ].map(({ text: words, tone }) => ({ text: oneLine(words), tone }));
}

function countLine(view: RunView, locale: Locale, width: number): Line {
  const state = rtoState(view, view.rtoRemainingMs);
  const { rto } = view.run;
  if (rto === null) return outageLine(view, state, locale, width);
  const { actualMs, targetMs } = rto;
  const shown = target(targetMs);
  const countedMs = actualMs ?? view.rtoRemainingMs;
  const figure = countedMs === null ? shown : duration(Math.abs(countedMs));
  const { word, before } = rtoTexts[state];
  const of = countedMs === null ? text('', '') : text(` su ${shown.it}`, ` of ${shown.en}`);
  const words = text(
    `${word.it}: ${before.it} ${figure.it}${of.it}`,
    `${word.en}: ${before.en} ${figure.en}${of.en}`,
  );
  return { text: beside(words, locale, width), tone: rtoTones[state] };
}

/** A service whose target is its own. */
function serviceLine({ nameIt, nameEn, rto, outcome }: ServiceClock, locale: Locale, width: number): Line {
  const { actualMs, targetMs } = rto;
  const limit = target(targetMs);
  const of = text(` su ${limit.it}`, ` of ${limit.en}`);
  const figure = actualMs === null ? text(` (${limit.it})`, ` (${limit.en})`) : of;
  const actual = actualMs === null ? watchTexts.notVerified : duration(actualMs);
  const words = join([text(`${nameIt}: `, `${nameEn}: `), actual, figure], '');
  return { text: `  ${beside(words, locale, width - 2)}`, tone: serviceTones[outcome] };
}

function outageLine({ outageMs }: RunView, state: RtoState, locale: Locale, width: number): Line {
  const { word, before } = rtoTexts[state];
  const words = join([word, join([before, ...(outageMs === null ? [] : [duration(outageMs)])], ' ')], ': ');
  return { text: beside(words, locale, width), tone: rtoTones[state] };
}

/** When the counted time will be over, once enough runs are known to say it. */
function forecastLines({ forecast, run }: RunView, locale: Locale, width: number): Line[] {
  if (!forecast.known || run.status !== 'unfinished' || (run.rto ?? run.outage)?.actualMs !== null) return [];
  const { page } = liveTexts;
  const words = [
    ...(forecast.meetsRto === null ? [] : [forecast.meetsRto ? page.forecastMeets : page.forecastMisses]),
    join(
      [run.rto === null ? page.forecastAccepted : page.forecastMedian, dayAndTime(forecast.medianAtUtc)],
      ' ',
    ),
    join([page.forecastP90, dayAndTime(forecast.p90AtUtc)], ' '),
  ];
  const said = join([page.forecast, join(words, '; ')], ': ');
  return [{ text: beside(said, locale, width), tone: forecast.meetsRto === false ? 'bad' : 'plain' }];
}

/** An interruption and a verdict. */
function standingLines({ executing, run }: RunView, locale: Locale, width: number): Line[] {
  if (run.status !== 'unfinished') {
    const { outcome } = run.verdict;
    const tone = verdictTones[outcome];
    return [
      { text: `● ${beside(verdictTexts[outcome], locale, width - 2)}`, tone },
      { text: `  ${verdictSentence(run)[locale]}`, tone: 'plain' },
    ];
  }
  if (executing !== false) return [];
  return [{ text: `‖ ${beside(watchTexts.interrupted, locale, width - 13)}: dr resume`, tone: 'bad' }];
}

function alarmLine({ atUtc, text: words }: RunView['alarms'][number], locale: Locale, width: number): Line {
  const start = `! ${timeOfDay(atUtc)}  ${watchTexts.alarm[locale]}: `;
  return { text: start + beside(words, locale, width - start.length), tone: 'bad' };
}

function logLine({ atUtc, text: words }: RunView['log'][number], locale: Locale, width: number): Line {
  const start = `${timeOfDay(atUtc)}  `;
  return { text: start + beside(words, locale, width - start.length), tone: 'quiet' };
}

/** What runs, who is awaited, what comes next. */
function doingLines(view: RunView, locale: Locale, width: number): Line[] {
  const running = view.steps.filter(({ status }) => status === 'running');
  const people = awaited(view);
  const next = view.steps.find(({ status }) => status === 'blocked');
  const idle: Line[] =
    running.length + people.length === 0
      ? [{ text: `  ${beside(watchTexts.nothingRuns, locale, width - 2)}`, tone: 'quiet' }]
      : [];
  return [
    ...running.slice(0, MAX_RUNNING).map((step) => runningLine(view, step, locale, width)),
    ...more(running.length - MAX_RUNNING, locale),
    ...people.slice(0, MAX_WAITING).map((step) => waitingLine(view, step, locale, width)),
    ...more(people.length - MAX_WAITING, locale),
    ...idle,
    ...(next === undefined ? [] : [nextLine(next, locale, width)]),
  ];
}

function runningLine(view: RunView, step: StepView, locale: Locale, width: number): Line {
  return timed(
    view,
    step,
    step.title,
    `▸ ${step.clause} `,
    step.overdue ? 'doubtful' : 'strong',
    locale,
    width,
  );
}

/** `? 6.2.2 Provveditore: Avvisare i fornitori`, and since when. */
function waitingLine(view: RunView, step: StepView, locale: Locale, width: number): Line {
  const role = view.roles[step.responsible] ?? text(step.responsible, step.responsible);
  const status = step.status === 'waiting' ? [] : [statusTexts[step.status]];
  const words = join([role, ...status, step.title], ': ');
  return timed(view, step, words, `? ${step.clause} `, step.overdue ? 'bad' : 'doubtful', locale, width);
}

function timed(
  view: RunView,
  step: StepView,
  words: Text,
  start: string,
  tone: Tone,
  locale: Locale,
  width: number,
): Line {
  const soFarMs = soFar(step, view);
  const late = step.overdue ? ` ${watchTexts.late[locale]}` : '';
  const most = target(step.timeoutMinutes * 60_000)[locale];
  const clock = soFarMs === null ? late : `${stopwatch(soFarMs)}, max ${most}${late}`;
  const said = start + beside(words, locale, width - start.length - clock.length - 2);
  // Without a width there is no column to put the time in.
  if (!Number.isFinite(width)) return { text: said, tone };
  return { text: spread(oneLine(said), clock, width), tone };
}

function nextLine({ title, clause }: StepView, locale: Locale, width: number): Line {
  const { next } = watchTexts;
  const words = text(`${next.it}: ${clause} ${title.it}`, `${next.en}: ${clause} ${title.en}`);
  return { text: `  ${beside(words, locale, width - 2)}`, tone: 'quiet' };
}

function more(count: number, locale: Locale): Line[] {
  if (count <= 0) return [];
  const words = text(`… e altri ${count} passi`, `… and ${count} more steps`);
  return [{ text: `  ${beside(words, locale)}`, tone: 'quiet' }];
}

function soFar({ durationMs, startedAtUtc }: StepView, { madeAtUtc }: RunView): number | null {
  if (durationMs !== null) return durationMs;
  return startedAtUtc === null ? null : Date.parse(madeAtUtc) - Date.parse(startedAtUtc);
}

function keyOf({ id, attempt, status }: StepView): string {
  return `${id} ${attempt} ${status}`;
}
