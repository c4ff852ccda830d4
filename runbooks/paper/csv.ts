/** A table as Excel and LibreOffice save it: semicolon, comma or tab, with or without a byte order mark (RFC 4180 for the rest). */

/** `line`: of the file, where the row begins, from 1. */
export type CsvRow = { line: number; fields: string[] };
/** What stops the reading: the line and why. */
export type CsvTrouble = { line: number; it: string; en: string };

/** The rows that are not wholly empty; the delimiter is the one that the first of them uses. */
export function parseCsv(bytes: Uint8Array): { rows: CsvRow[] } | { trouble: CsvTrouble } {
  const decoded = decode(bytes);
  if ('trouble' in decoded) return decoded;
  const named = /^sep=([;,\t])\r?\n/i.exec(decoded.text);
  const text = decoded.text.slice(named?.[0].length ?? 0);
  return readRows(text, named?.[1] ?? delimiterOf(text), named === null ? 1 : 2);
}

function decode(bytes: Uint8Array): { text: string } | { trouble: CsvTrouble } {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.includes(0))
    return { trouble: wrongEncoding(1) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { trouble: wrongEncoding(firstBadLine(bytes)) };
  }
}

function firstBadLine(bytes: Uint8Array): number {
  // What is not UTF-8 becomes U+FFFD, and lines are counted the same either way.
  const [before = ''] = new TextDecoder('utf-8').decode(bytes).split('\uFFFD');
  return before.split('\n').length;
}

function delimiterOf(text: string): string {
  const head = text.split('\n').find((line) => line.trim() !== '') ?? '';
  return [';', ',', '\t'].find((sign) => head.includes(sign)) ?? ';';
}

function readRows(
  text: string,
  delimiter: string,
  firstLine: number,
): { rows: CsvRow[] } | { trouble: CsvTrouble } {
  const rows: CsvRow[] = [];
  let line = firstLine;
  let row: CsvRow = { line, fields: [] };
  let field = '';
  let quotedFrom: number | undefined;
  const endField = (): void => {
    row.fields.push(field.trim());
    field = '';
  };
  const endRow = (): void => {
    endField();
    if (row.fields.some((value) => value !== '')) rows.push(row);
    row = { line, fields: [] };
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '\n') line += 1;
    if (quotedFrom !== undefined) {
      if (sign !== '"') field += sign;
      else if (text.charAt(at + 1) === '"') {
        field += sign;
        at += 1;
      } else quotedFrom = undefined;
    } else if (sign === '"' && field.trim() === '') {
      field = '';
      quotedFrom = line;
    } else if (sign === delimiter) endField();
    else if (sign === '\n') endRow();
    else if (sign !== '\r') field += sign;
  }
  if (quotedFrom !== undefined) return { trouble: openQuote(quotedFrom) };
  endRow();
  return { rows };
}

function wrongEncoding(line: number): CsvTrouble {
  return {
    line,
    it: 'i caratteri non sono UTF-8: salvare di nuovo, in Excel come "CSV UTF-8 (delimitato da virgole)"',
    en: 'the characters are not UTF-8: save it again, in Excel as "CSV UTF-8 (Comma delimited)"',
  };
}

function openQuote(line: number): CsvTrouble {
  return {
    line,
    it: 'le virgolette aperte qui non si chiudono: chiuderle o toglierle',
    en: 'the quotation mark opened here is never closed: close it or take it away',
  };
}
