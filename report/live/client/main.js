/** The page at work: views in, the screen out, and the clock in between. */
import { changes } from './changes.js';
import { h, icon, morphChildren } from './dom.js';
import { alarmList, checkList, logList, outcomePanel, runLine } from './facts.js';
import { stopwatch, timeOfDay } from './figures.js';
import { otherForms } from './forms.js';
import { listen } from './hands.js';
import { factsPanel, rtoDigits, rtoPanel } from './hero.js';
import { runningList, waitingList } from './now.js';
import { canAct, texts } from './page-data.js';
import { pointsPanel } from './points.js';
import { remainingAfter, rtoState } from './rto.js';
import { createUi, isGone } from './state.js';
import { follow } from './stream.js';
import { timeline } from './timeline.js';

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @import { Child } from './types.ts' */

const root = document.documentElement;
const ui = createUi();
/** @type {RunView | null} */
let view = null;
/** When the view was made, by this page's monotonic clock. */
let madeMs = 0;

follow({
  onView(next) {
    put('announce', changes(view, next));
    view = next;
    madeMs = performance.now();
    closeGoneForms(next);
    connected();
    render();
  },
  onAge(ageMs) {
    madeMs = performance.now() - ageMs;
    connected();
  },
  onLost(lastSignAt) {
    // With the run its program ends, and nothing on the page can change any more.
    if (view !== null && view.run.status !== 'unfinished') {
      root.dataset['connection'] = 'over';
      put('connection', texts.page.over);
      return;
    }
    root.dataset['connection'] = 'stale';
    put('connection', icon('alarm'), texts.page.notLive);
    put(
      'stale',
      h('p', { class: 'word' }, icon('alarm'), texts.page.stale, ' ', timeOfDay(lastSignAt.getTime())),
      h('p', {}, texts.page.staleWhy),
    );
  },
});
setInterval(tick, 200);
listen(ui, () => view, render);

function connected() {
  if (root.dataset['connection'] === 'live') return;
  root.dataset['connection'] = 'live';
  put('connection', icon('live'), texts.page.live);
  put('stale');
}

function render() {
  if (view === null) return;
  const elapsedMs = performance.now() - madeMs;
  put('kind', texts.kind[view.run.kind]);
  put('run', runLine(view));
  put('alarms', view.alarms.length > 0 && h('ul', {}, alarmList(view)));
  put('outcome', outcomePanel(view));
  put('rto', rtoPanel(view, elapsedMs));
  put('facts', factsPanel(view));
  put('running', runningList(view, ui, elapsedMs));
  put(
    'recorded',
    ui.recorded !== null && [icon('PASS'), h('strong', {}, texts.page.recorded, ': ', ui.recorded)],
  );
  put('waiting', waitingList(view, ui, elapsedMs));
  put('timeline', timeline(view, ui));
  put('checks', checkList(view));
  put('points', pointsPanel(view));
  if (canAct) put('others', otherForms(view, ui));
  put('log', logList(view));
  document.title = titleOf(view, elapsedMs);
}

/** What changes with time alone. */
function tick() {
  if (view === null) return;
  const elapsedMs = performance.now() - madeMs;
  const state = rtoState(view, remainingAfter(view, elapsedMs));
  if (document.querySelector('.rto')?.getAttribute('data-state') !== state) {
    put('announce', texts.rto[state].word);
    return render();
  }
  for (const element of document.querySelectorAll('[data-rto]')) show(element, rtoDigits(view, elapsedMs));
  for (const element of document.querySelectorAll('[data-up]'))
    show(element, stopwatch(Number(element.getAttribute('data-up')) + elapsedMs));
}

/**
 * @param {Element} element
 * @param {string} figure
 */
function show(element, figure) {
  if (element.textContent !== figure) element.textContent = figure;
}

/**
 * Makes a part of the page hold these children.
 * @param {string} id
 * @param {...Child} children
 */
function put(id, ...children) {
  const place = document.getElementById(id);
  if (place !== null) morphChildren(place, [...h('div', {}, children).childNodes]);
}

/**
 * @param {RunView} of
 * @param {number} elapsedMs
 */
function titleOf(of, elapsedMs) {
  const locale = root.lang === 'it' ? 'it' : 'en';
  const state = rtoState(of, remainingAfter(of, elapsedMs));
  return `${texts.rto[state].word[locale]} · ${texts.kind[of.run.kind][locale]}`;
}

/**
 * A form whose step went on goes with it, unless somebody is at it or has written something.
 * @param {RunView} next
 */
function closeGoneForms(next) {
  for (const [key, form] of ui.forms) if (isGone(next, form) && !isTouched(key)) ui.forms.delete(key);
}

/** @param {string} key */
function isTouched(key) {
  const element = document.querySelector(`form[data-form="${CSS.escape(key)}"]`);
  if (element === null) return false;
  const typed = [...element.querySelectorAll('input[type=text], textarea')].some(
    (field) =>
      (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) &&
      field.value !== field.defaultValue,
  );
  return typed || element.contains(document.activeElement);
}
