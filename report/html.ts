/** HTML with everything escaped unless it was made here. Texts carry both languages; the page shows one of them. */
import type { Text } from './texts.ts';
import { spellOut } from './visible.ts';

export type Fragment = Html | Text | string | number | readonly Fragment[];

/** A piece of finished HTML; only this module and the page's own templates make it. */
export class Html {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

/** A template whose values are escaped; a {@link Text} becomes both languages, nested pieces stay as they are. */
export function html(strings: TemplateStringsArray, ...values: Fragment[]): Html {
  return new Html(
    strings.reduce((sum, part, index) => {
      const value = values[index];
      return sum + part + (value === undefined ? '' : render(value));
    }, ''),
  );
}

function render(value: Fragment): string {
  if (value instanceof Html) return value.source;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escape(value);
  if ('it' in value) return renderText(value);
  return value.map(render).join('');
}

function renderText({ it, en }: Text): string {
  if (it === en) return escape(it);
  return `<span class="it" lang="it">${escape(it)}</span><span class="en" lang="en">${escape(en)}</span>`;
}

/** Text from evidence longer than this is cut in the page; report.json holds all of it. */
const MAX_DATA_LENGTH = 2_000;

/** A value out of the evidence (a path, a message): kept apart from the direction of the text around it. */
export function data(value: string): Html {
  const shown = value.length > MAX_DATA_LENGTH ? `${value.slice(0, MAX_DATA_LENGTH)}… (report.json)` : value;
  return html`<bdi>${shown}</bdi>`;
}

/** Escapes for text and quoted attributes; what a reader could not see is spelt out. */
export function escape(text: string): string {
  return spellOut(text).replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** What an empty cell shows; a phone leaves it out. */
export const NOTHING = '–';

export type Column<Row> = {
  head: Text;
  cell: (row: Row) => Fragment;
  /** `number`: right-aligned, never broken. `wide`: takes a phone's whole width. */
  kind?: 'text' | 'number' | 'wide';
};

/**
 * A table with a caption; its first column heads the rows. On a phone each row becomes a card, so roles and column heads
 * are repeated where CSS takes the table apart.
 */
export function table<Row>(
  name: string,
  caption: Text,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  rowClass: (row: Row) => string = () => '',
): Html {
  const heads = columns.map(
    ({ head, kind = 'text' }) => html`<th scope="col" role="columnheader" class="${kind}">${head}</th>`,
  );
  const body = rows.map((row) => {
    const cells = columns.map(({ head, cell, kind = 'text' }, index) => {
      const content = cell(row);
      if (index === 0) return html`<th scope="row" role="rowheader" class="${kind}">${content}</th>`;
      const classes = content === NOTHING ? `${kind} nothing` : kind;
      return html`<td role="cell" class="${classes}" data-it="${head.it}" data-en="${head.en}">${content}</td>`;
    });
    return html`<tr role="row" class="${rowClass(row)}">${cells}</tr>\n`;
  });
  return html`<table role="table" class="cards ${name}">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${body}</tbody></table>\n`;
}
