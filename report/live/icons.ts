/** Signs of the live page: each state has a form of its own, so that no colour is needed to tell them apart. */
import { Html, html } from '../html.ts';
import { icon as outcomeIcon } from '../icons.ts';

/** Drawn on 16 by 16 with the text's own colour. */
const shapes = {
  blocked: '<circle cx="8" cy="8" r="6.5" class="line"/>',
  'not-needed': '<path d="M2.5 8h11" class="line"/>',
  waiting: '<circle cx="8" cy="4" r="3.4"/><path d="M1.5 16c0-4.4 2.8-7 6.5-7s6.5 2.6 6.5 7z"/>',
  running: '<path d="M3 1l12 7-12 7z"/>',
  unknown: '<path d="M8 0l8 8-8 8-8-8z"/><path d="M8 4v5m0 2.4v.6" class="cut"/>',
  failed:
    '<rect x="1" y="1" width="14" height="14" rx="1.5"/><path d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" class="cut"/>',
  done: '<circle cx="8" cy="8" r="7.5"/><path d="M4.5 8.4 7 10.9l4.7-5.4" class="cut"/>',
  skipped: '<path d="M1 2l7 6-7 6zM8 2l7 6-7 6z"/>',
  late: '<circle cx="8" cy="8" r="6.5" class="line"/><path d="M8 4v4.5l3 1.8" class="line"/>',
  alarm: '<path d="M8 .5l8 14.5h-16z"/><path d="M8 6v4.5m0 1.8v.6" class="cut"/>',
  interrupted: '<rect x="2" y="1.5" width="4.5" height="13"/><rect x="9.5" y="1.5" width="4.5" height="13"/>',
  letter: '<path d="M0 2.5h16v11h-16z"/><path d="M1.5 4.5l6.5 4.5 6.5-4.5" class="cut"/>',
  live: '<circle cx="8" cy="8" r="5"/>',
};
type Shape = keyof typeof shapes;

/** The icon of each state of the count. */
const rtoShapes: Record<string, Shape> = {
  'rto-not-started': 'interrupted',
  'rto-running': 'running',
  'rto-near': 'alarm',
  'rto-missed': 'failed',
  'rto-verified': 'done',
  'rto-verified-late': 'failed',
  'rto-stopped': 'interrupted',
  'rto-serving': 'interrupted',
  'rto-outage': 'running',
  'rto-returned': 'done',
  'rto-declared': 'waiting',
  'rto-declared-late': 'failed',
};

/** Every sign as a template that the page's code clones. */
export function iconTemplates(): Html {
  const names: [string, Shape][] = [
    ...Object.keys(shapes)
      .filter(isShape)
      .map((name): [string, Shape] => [name, name]),
    ...Object.entries(rtoShapes),
  ];
  const outcomes = ['PASS', 'DECLARED', 'FAIL', 'NOT VERIFIABLE', 'NOT CARRIED OUT'] as const;
  return html`${names.map(([name, shape]) => html`<template data-icon="${name}">${draw(shape)}</template>\n`)}
${outcomes.map((outcome) => html`<template data-icon="${outcome}">${outcomeIcon(outcome)}</template>\n`)}`;
}

function draw(shape: Shape): Html {
  return new Html(
    `<svg class="icon is-${shape}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${shapes[shape]}</svg>`,
  );
}

function isShape(name: string): name is Shape {
  return name in shapes;
}
