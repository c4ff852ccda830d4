/** The top of the page: what a person across the room has to understand in two seconds. */
import { awaited } from './awaited.js';
import { data, h, icon } from './dom.js';
import { countdown, dayAndTime, duration, target, timeNear } from './figures.js';
import { role } from './now.js';
import { texts } from './page-data.js';
import { outageAfter, remainingAfter, rtoState } from './rto.js';

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @import { Child } from './types.ts' */

/**
 * @param {RunView} view
 * @param {number} elapsedMs
 */
export function rtoPanel(view, elapsedMs) {
  const state = rtoState(view, remainingAfter(view, elapsedMs));
  const { word, before } = texts.rto[state];
  const digits = rtoDigits(view, elapsedMs);
  const { rto } = view.run;
  return h(
    'div',
    { class: 'rto', 'data-state': state },
    h('h2', { id: 'rto-state' }, icon(`rto-${state}`), h('span', {}, word)),
    h('p', { class: 'before' }, before),
    // Not live for a screen reader: it would talk each second. Changes of state are announced apart.
    h(
      'p',
      {
        class: digits.length > 8 ? 'digits long' : 'digits',
        role: 'timer',
        'aria-live': 'off',
        'aria-labelledby': 'rto-state rto-digits',
      },
      h('span', { id: 'rto-digits', 'data-rto': true }, digits),
    ),
    rto === null
      ? h('p', { class: 'of' }, texts.page.noTarget)
      : h(
          'p',
          { class: 'of' },
          state !== 'not-started' && [texts.page.of, ' ', target(rto.targetMs), ' · '],
          rto.source,
        ),
    headline(view),
  );
}

/**
 * What goes on, and who is awaited, in words to be read from afar.
 * @param {RunView} view
 */
function headline(view) {
  const running = view.steps.filter(({ status }) => status === 'running');
  const people = awaited(view);
  return h(
    'ul',
    { class: 'headline' },
    running
      .slice(0, 1)
      .map(({ title }) =>
        h('li', {}, icon('running'), h('span', {}, data(title), andMore(running.length - 1))),
      ),
    people
      .slice(0, 1)
      .map(({ responsible, title }) =>
        h(
          'li',
          {},
          icon('waiting'),
          h(
            'span',
            {},
            texts.page.forWhom,
            ' ',
            h('strong', {}, role(view, responsible)),
            ': ',
            data(title),
            andMore(people.length - 1),
          ),
        ),
      ),
  );
}

/** @param {number} count */
function andMore(count) {
  return count > 0 && [` (+${count})`];
}

/**
 * @param {RunView} view
 * @param {number} elapsedMs
 */
export function rtoDigits(view, elapsedMs) {
  if (view.run.rto === null) return countdown(outageAfter(view, elapsedMs));
  const { actualMs, targetMs } = view.run.rto;
  if (actualMs !== null) return countdown(actualMs);
  const leftMs = remainingAfter(view, elapsedMs);
  // A count down shows the second that has begun, so that it reaches zero when the time is over.
  if (leftMs === null) return countdown(targetMs);
  return leftMs < 0 ? countdown(leftMs) : countdown(Math.ceil(leftMs / 1_000) * 1_000);
}

/**
 * The figures beside the count.
 * @param {RunView} view
 */
export function factsPanel(view) {
  const { run, steps, madeAtUtc } = view;
  const activation = run.milestones.find(({ name }) => name === 'activation');
  const cassette = run.cassettes.at(-1);
  const needed = steps.filter(({ status }) => status !== 'not-needed');
  const over = needed.filter(({ status }) => status === 'done' || status === 'skipped').length;
  const { page } = texts;
  return h(
    'dl',
    { class: 'facts' },
    (run.rto ?? run.outage)?.actualMs === null &&
      run.status === 'unfinished' &&
      // Past runs say how long the program takes, and on another way people do the work.
      run.otherWay === undefined &&
      fact(
        page.forecast,
        forecast(view),
        view.forecast.known && view.forecast.meetsRto === false ? 'bad' : '',
      ),
    run.rto !== null &&
      run.otherWay !== undefined &&
      fact(page.decided, timeNear(run.otherWay.atUtc, madeAtUtc)),
    run.rto !== null &&
      run.otherWay === undefined &&
      fact(page.activated, activation === undefined ? page.notYet : timeNear(activation.atUtc, madeAtUtc)),
    fact(
      page.progress,
      [
        `${over} `,
        page.of,
        ` ${needed.length}`,
        h('progress', { max: Math.max(1, needed.length), value: over, 'aria-labelledby': 'fact-progress' }),
      ],
      '',
      'fact-progress',
    ),
    cassette !== undefined &&
      fact(page.cassette, [
        h('bdi', {}, cassette.label),
        ', ',
        page.cassetteOf,
        ' ',
        dayAndTime(cassette.snapshotAtUtc),
      ]),
    run.rpo !== null &&
      run.rpo.actualMs !== null &&
      fact(
        page.rpo,
        [duration(run.rpo.actualMs), ' ', page.of, ' ', target(run.rpo.targetMs)],
        run.rpo.outcome === 'FAIL' ? 'bad' : '',
      ),
    (run.services ?? []).map(serviceFact),
  );
}

/** @param {NonNullable<RunView['run']['services']>[number]} service */
function serviceFact({ nameIt, nameEn, rto, outcome }) {
  const { page } = texts;
  const { actualMs, targetMs } = rto;
  return fact(
    data({ it: nameIt, en: nameEn }),
    actualMs === null
      ? [page.notVerified, ' (', target(targetMs), ')']
      : [duration(actualMs), ' ', page.of, ' ', target(targetMs)],
    outcome === 'FAIL' ? 'bad' : '',
  );
}

/**
 * @param {RunView} view
 * @returns {Child}
 */
function forecast({ forecast: known, madeAtUtc, run }) {
  const { page } = texts;
  if (!known.known) return [page.forecastFew, ` (${known.samples}; `, page.needed, ` ${known.needed})`];
  const verdict = known.meetsRto === true ? page.forecastMeets : page.forecastMisses;
  return [
    known.meetsRto !== null &&
      h('strong', { class: 'sign' }, icon(known.meetsRto ? 'PASS' : 'FAIL'), verdict, ' '),
    run.rto === null ? page.forecastAccepted : page.forecastMedian,
    ' ',
    timeNear(known.medianAtUtc, madeAtUtc),
    '; ',
    page.forecastP90,
    ' ',
    timeNear(known.p90AtUtc, madeAtUtc),
  ];
}

/**
 * @param {Child} name
 * @param {Child} value
 * @param {string} [tone]
 * @param {string} [id]
 */
function fact(name, value, tone = '', id = '') {
  return h('div', { class: tone }, h('dt', { id: id || null }, name), h('dd', {}, value));
}
