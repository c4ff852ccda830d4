/**
 * `npm run detection -- [--only KIND|GROUP ...] [--clean 200] [--seed S]`: does every kind of damage to a cassette and sees which level of
 * verification finds it, then verifies clean cassettes. A whole run writes docs/detection.md. Exit status: 0 nothing missed and no false
 * alarm, 1 else, 2 not carried out.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toErrorRecord } from '../core/errors.ts';
import { withProcessLock } from '../lab/process-lock.ts';
import { drillVersions } from '../lab/versions.ts';
import { projectDirectory } from '../platforms/cache.ts';
import { detect, falseAlarm } from './detection/detect.ts';
import { allKinds } from './detection/kinds.ts';
import { withDetectionSite } from './detection/site.ts';
import { type CleanRuns, detectionDocument, type Row } from './detection/table.ts';
import { goldenCassette } from './golden.ts';

/** The bubble takes a minute. No divisor in common with the number of clean states, so that each comes to it in its turn. */
const RECOVERED_EVERY = 19;
const DATA_BYTES = 12 * 1024 ** 2;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    clean: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = positive('seed', values.seed);
const cleanCount = positive('clean', values.clean);
const chosen =
  values.only.length === 0
    ? allKinds
    : allKinds.filter(({ id, group }) => values.only.some((name) => name === id || name === group));

process.exitCode = await withProcessLock('detection', async () => await suite());

async function suite(): Promise<number> {
  using golden = await goldenCassette(DATA_BYTES, say, { applications: true });
  return await withDetectionSite(golden, async (site) => {
    const rows: Row[] = [];
    for (const [index, kind] of chosen.entries()) {
      site.seed = seed * 1000 + index;
      // A damage that could not be done is no detection, and must not cost the others' results.
      const row = await detect(site, kind).catch((error: unknown): Row => {
        return { kind, level: null, outcome: null, text: `Not done: ${toErrorRecord(error).message}` };
      });
      say(`${row.level ?? 'MISSED'}  ${kind.id}: ${row.text.split('\n')[0]}`);
      rows.push(row);
    }
    const versions = await drillVersions();
    const clean: CleanRuns = { runs: { content: 0, recoverability: 0 }, falseAlarms: [] };
    // Written again and again: clean runs take long, and what was found must not wait for them.
    const write = (): void => {
      if (values.only.length > 0) return;
      const text = detectionDocument(
        rows,
        clean,
        seed,
        `restic ${versions['restic']}, Samba ${versions['samba']}`,
      );
      writeFileSync(join(projectDirectory(), 'docs', 'detection.md'), text);
    };
    write();
    for (let run = 0; run < cleanCount; run += 1) {
      site.seed = seed * 1000 + allKinds.length + run;
      const level = run % RECOVERED_EVERY === 0 ? 'recoverability' : 'content';
      const alarm = await falseAlarm(site, level);
      if (alarm !== undefined) clean.falseAlarms.push(alarm);
      clean.runs[level] += 1;
      say(`clean ${run + 1}/${cleanCount} (${level}): ${alarm ?? 'no alarm'}`);
      write();
    }
    return rows.some(({ level }) => level === null) || clean.falseAlarms.length > 0 ? 1 : 0;
  });
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} ${text}: a whole number above 0 is wanted`);
}
