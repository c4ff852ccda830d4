/** Strings from evidence (file names, messages of programs) made safe to look at. */

/** Controls, escape sequences and direction overrides are spelt out as `⟨U+001B⟩`; line ends stay. */
export function spellOut(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(
      /(?!\n)[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu,
      (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
}

const graphemes = new Intl.Segmenter('it', { granularity: 'grapheme' });
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\uFE0F/u;

/** Columns that a line takes on a terminal; in doubt more rather than fewer. */
export function columnsOf(line: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(line)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/** The line cut to at most `width` columns, with `…` where something is left out. */
export function fit(line: string, width: number): string {
  if (columnsOf(line) <= width) return line;
  return width > 0 ? `${head(line, width - 1)}…` : '';
}

/** The line broken into rows of at most `width` columns, at spaces where it can be; later rows are indented. */
export function wrap(line: string, width: number, indent: string): string[] {
  const rows: string[] = [];
  let rest = line;
  while (columnsOf(rest) > width) {
    const most = head(rest, width);
    const space = most.lastIndexOf(' ');
    const row = space > most.length / 2 ? most.slice(0, space) : most;
    if (row.trim() === '') break; // not even one character fits
    rows.push(row);
    rest = `${columnsOf(indent) < width / 2 ? indent : ''}${rest.slice(row.length).trimStart()}`;
  }
  return [...rows, fit(rest, width)];
}

/** As many whole characters as `width` columns hold. */
function head(line: string, width: number): string {
  let kept = '';
  let columns = 0;
  for (const { segment } of graphemes.segment(line)) {
    columns += WIDE.test(segment) ? 2 : 1;
    if (columns > width) break;
    kept += segment;
  }
  return kept;
}
