/** Evidence in, report.html and report.json out, and `latest` beside the run's folder linked to the newest run. */
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { trendOf } from '../cassette/trend.ts';
import type { Verification } from '../cassette/verification.ts';
import { DrError, isMissingFile } from '../core/errors.ts';
import { type EvidenceRecord, readEvidence } from '../runbooks/evidence/evidence.ts';
import { buildReport, type Report, reportSchema } from './model.ts';
import { renderPage } from './page.ts';
import type { Locale } from './texts.ts';

export type WriteOptions = {
  locale?: Locale;
  /** The history of the cassette's verifications; what came after the run's beginning is left out. */
  verifications?: readonly Verification[];
};
export type WrittenReport = { report: Report; htmlPath: string; jsonPath: string };

const TREND_DAYS = 30;

/**
 * Renders the report of a log into `directory`. Beside the log itself it also keeps `latest`.
 * @throws DrError EVIDENCE_BROKEN, EVIDENCE_NO_RUN, EVIDENCE_SHORTENED (records that an earlier report saw are gone),
 * REPORT_LATEST (`latest` is something else than a link)
 */
export function writeReport(
  evidencePath: string,
  directory: string,
  { locale = 'it', verifications = [] }: WriteOptions = {},
): WrittenReport {
  const records = readEvidence(evidencePath);
  const report = buildReport(records, basename(evidencePath));
  const jsonPath = join(directory, 'report.json');
  const htmlPath = join(directory, 'report.html');
  refuseShortened(evidencePath, records, readReport(join(dirname(evidencePath), 'report.json')));
  mkdirSync(directory, { recursive: true });
  replaceFile(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
  replaceFile(htmlPath, renderPage(report, locale, trendOf(verifications, TREND_DAYS, report.startedAtUtc)));
  if (resolve(directory) === resolve(dirname(evidencePath))) linkLatest(resolve(directory), report);
  return { report, htmlPath, jsonPath };
}

/** A report written before; undefined when there is none that can be read. */
export function readReport(path: string): Report | undefined {
  try {
    return reportSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch (error) {
    if (isMissingFile(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A chain does not show that its end was cut off; the report made from the whole log does. */
function refuseShortened(path: string, records: readonly EvidenceRecord[], before: Report | undefined): void {
  if (before === undefined) return;
  const { records: count, lastHash } = before.evidence;
  if (records[count - 1]?.hash === lastHash) return;
  throw new DrError(
    'EVIDENCE_SHORTENED',
    `Il registro "${path}" non contiene più i ${count} record da cui è stato fatto il rapporto accanto. / The log no longer holds the ${count} records that the report beside it was made from.`,
    'Conservare entrambi i file e confrontarli con la copia sulla cassetta o dell’auditor. / Keep both files and compare them with the copy.',
  );
}

/** A reader sees the old file or the new one, never half of it. */
function replaceFile(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

/** Points `latest` to this run, unless it already points to a newer one. */
function linkLatest(directory: string, { startedAtUtc }: Report): void {
  const link = join(dirname(directory), 'latest');
  const linked = readReport(join(link, 'report.json'));
  if (linked && Date.parse(linked.startedAtUtc) > Date.parse(startedAtUtc)) return;
  const temporary = `${link}.${process.pid}.tmp`;
  symlinkSync(basename(directory), temporary);
  try {
    renameSync(temporary, link);
  } catch (error) {
    rmSync(temporary);
    throw new DrError(
      'REPORT_LATEST',
      `"${link}" non è un collegamento e non si può sostituire. / "${link}" is no link and cannot be replaced.`,
      'Spostarlo altrove e ripetere "dr report". / Move it away and run "dr report" again.',
      { cause: error },
    );
  }
}
