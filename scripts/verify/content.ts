/** Level 4, content: a share of the cassette a day, every byte of it from the medium and checked; what was cut off is continued. */
import { judgeContent } from '../../cassette/content.ts';
import { coverageOf, type FileState, planReading, withPresent } from '../../cassette/reading.ts';
import { loadReading, ReadingLog, readingFile } from '../../cassette/reading-log.ts';
import { formatBytes } from '../../core/sizes.ts';
import { monotonicMs, utcNow } from '../../core/time.ts';
import {
  type FileRead,
  listRepositoryFiles,
  readRepositoryFiles,
} from '../../platforms/restic/read-files.ts';
import { passphraseOf } from '../context.ts';
import { checkKitIfThere } from './kit.ts';
import { carryOut, type Outcome, timed } from './level.ts';
import type { FoundSnapshot, Session } from './session.ts';

export async function verifyContent(session: Session, found: FoundSnapshot): Promise<Outcome<FoundSnapshot>> {
  const { context, host, days } = session;
  return await carryOut('content', found.subject, async () => {
    const path = readingFile(context.custody.directory, found.label, found.subject.repositoryId);
    const nowUtc = utcNow();
    const [known, present] = await Promise.all([
      loadReading(path),
      listRepositoryFiles(host, found.mountPoint),
    ]);
    const reading = withPresent(known, present, nowUtc);
    const plan = planReading(reading, days, nowUtc);
    const files = new Map<string, FileState>(reading.files);
    const read: FileRead[] = [];
    const log = await ReadingLog.begin(path, reading, nowUtc);
    const started = monotonicMs();
    const tell = progressTeller(plan.bytes, context.progress);
    try {
      await readRepositoryFiles(host, found.mountPoint, plan.files, (done) => {
        read.push(done);
        const state = stateAfter(files.get(done.file), done);
        files.set(done.file, state);
        log.done(done.file, state);
        tell(done.bytes);
      });
    } finally {
      await log.close(read.length === plan.files.length);
    }
    const durationMs = monotonicMs() - started;
    const coverage = coverageOf({ files }, days, utcNow());
    const facts = {
      planned: plan.files.length,
      read,
      carriedBytes: plan.carriedBytes,
      carriedSinceUtc: reading.unfinishedSinceUtc,
      coverage,
      days,
      durationMs,
    };
    return {
      checks: [
        ...timed(judgeContent(facts), durationMs),
        ...(await checkKitIfThere(host, found.label, await passphraseOf(context, found.label))),
      ],
      subject: found.subject,
      figures: {
        bytes_read: read.reduce((sum, { bytes }) => sum + bytes, 0),
        bytes_carried: plan.carriedBytes,
        bytes_total: coverage.totalBytes,
        bytes_covered: coverage.coveredBytes,
        bytes_overdue: coverage.overdueBytes,
        files_read: read.length,
        files_wrong: read.filter(({ right }) => !right).length,
        read_seconds: durationMs / 1000,
      },
      next: found,
    };
  });
}

function stateAfter(before: FileState | undefined, { bytes, right }: FileRead): FileState {
  const nowUtc = utcNow();
  return { bytes: before?.bytes ?? bytes, seenAtUtc: before?.seenAtUtc ?? nowUtc, readAtUtc: nowUtc, right };
}

/** A line for each twentieth of the way. */
function progressTeller(totalBytes: number, progress: (text: string) => void): (bytes: number) => void {
  let doneBytes = 0;
  let told = 0;
  return (bytes) => {
    doneBytes += bytes;
    const twentieth = Math.floor((doneBytes / Math.max(1, totalBytes)) * 20);
    if (twentieth === told) return;
    told = twentieth;
    progress(
      `Lettura della cassetta / reading the cassette: ${told * 5} % di / of ${formatBytes(totalBytes)}`,
    );
  };
}
