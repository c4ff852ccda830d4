/** Tells the office when the outcome of the cassette's verification changes, and when no verification ends any more; gives the sign of life. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHistory } from '../cassette/history.ts';
import { type Overview, overviewOf } from '../cassette/overview.ts';
import { type News, newsOf, type Told, toldSchema } from '../cassette/watch.ts';
import { isMissingFile } from '../core/errors.ts';
import { writeWhole } from '../core/files.ts';
import { utcNow } from '../core/time.ts';
import type { NotificationsOutcome } from '../inventory/notifications.ts';
import { callHook, type HookDelivery } from '../platforms/hook.ts';
import { deliverLetter, type LetterOutcome } from './deliver-letter.ts';
import type { Letter } from './letters/letter.ts';
import { changeLetter, silenceLetter } from './letters/verification.ts';

export type WatchRequest = {
  site: string;
  /** Where histories of verifications are. */
  custodyFolder: string;
  /** What was told, and the letters. */
  directory: string;
  silenceMs: number;
  notifications: NotificationsOutcome;
  /** Folder with `smtp-password`; else DR_SECRETS. */
  secrets?: string | undefined;
};

/** Null: there was nothing to tell, or no sign of life to give. What failed is tried again the next time. */
export type WatchOutcome = {
  news: News['kind'];
  letter: LetterOutcome | null;
  heartbeat: HookDelivery | null;
};

/** Can be run at any time and as often as one likes: what was told is not told again. */
export async function watchVerifications(request: WatchRequest): Promise<WatchOutcome> {
  const { site, custodyFolder, directory } = request;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const told = await readTold(directory);
  const { verifications } = await readHistory(custodyFolder, site);
  const overview = overviewOf(site, verifications);
  const nowUtc = utcNow();
  const news = newsOf(overview, told, request.silenceMs, nowUtc);
  const [letter, heartbeat] = await Promise.all([
    tell(request, news),
    giveSignOfLife(request, overview, told),
  ]);
  await writeTold(directory, {
    ...told,
    ...(letter !== null && letter.outcome !== 'failed' && toldBy(news)),
    ...(heartbeat?.outcome === 'sent' && { heartbeat: overview.last?.verification.id ?? null }),
  });
  return { news: news.kind, letter, heartbeat };
}

function toldBy(news: News): Partial<Told> {
  if (news.kind === 'silence') return { silence: true };
  return news.kind === 'change' ? { silence: false, verdict: news.last.verdict } : {};
}

async function tell(request: WatchRequest, news: News): Promise<LetterOutcome | null> {
  switch (news.kind) {
    case 'nothing':
      return null;
    case 'change':
      return await deliver(
        request,
        `verification-${news.last.verification.id}`,
        changeLetter(request.site, news.last, news.wasSilent),
      );
    case 'silence':
      return await deliver(
        request,
        `silence-after-${(news.lastEndedAtUtc ?? 'nothing').replaceAll(':', '')}`,
        silenceLetter(request.site, news.lastEndedAtUtc, news.silentMs),
      );
    default:
      return news satisfies never;
  }
}

/** The name of the letter is that of the news: a letter that left and was not noted as told does not leave twice. */
async function deliver(request: WatchRequest, step: string, letter: Letter): Promise<LetterOutcome> {
  const { directory, site, notifications, secrets } = request;
  const runId = `verification-${site}`;
  return await deliverLetter({
    letter,
    runDirectory: directory,
    step,
    attempt: 1,
    runId,
    mode: 'send',
    notifications,
    secrets,
  });
}

/** One for each verification that ended, whatever its outcome: it says that the job lives. */
async function giveSignOfLife(
  { site, notifications: { notifications } }: WatchRequest,
  { last }: Overview,
  told: Told,
): Promise<HookDelivery | null> {
  const program = notifications?.heartbeat;
  if (program === undefined || last === null || told.heartbeat === last.verification.id) return null;
  const { verification, verdict, endedAtUtc } = last;
  return await callHook(program, {
    verificationId: verification.id,
    site,
    outcome: verdict.outcome,
    endedAtUtc,
  });
}

/** A file that cannot be read is begun anew: telling twice is better than not at all. */
async function readTold(directory: string): Promise<Told> {
  const fresh: Told = { sinceUtc: utcNow(), verdict: null, silence: false, heartbeat: null };
  try {
    const found = toldSchema.safeParse(JSON.parse(await readFile(join(directory, 'told.json'), 'utf8')));
    return found.data ?? fresh;
  } catch (error) {
    if (isMissingFile(error) || error instanceof SyntaxError) return fresh;
    throw error;
  }
}

async function writeTold(directory: string, told: Told): Promise<void> {
  await writeWhole(join(directory, 'told.json'), `${JSON.stringify(told, null, 2)}\n`);
}
