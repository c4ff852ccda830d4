/** A sample of the detection suite (`npm run detection` does all of it): one kind from each corner, and cassettes with nothing wrong. */
import { afterAll, expect, test } from 'vitest';
import { cleanEndings } from '../../bench/detection/clean.ts';
import { detect, falseAlarm } from '../../bench/detection/detect.ts';
import { allKinds } from '../../bench/detection/kinds.ts';
import { withDetectionSite } from '../../bench/detection/site.ts';
import type { Level } from '../../cassette/verification.ts';
import { golden } from './golden.ts';
import { removeEverything } from './lab-harness.ts';

afterAll(removeEverything);

const sample: Record<string, Level> = {
  copy: 'presence',
  'rolled-back': 'presence',
  'snapshot-in-the-future': 'freshness',
  'host-clock-behind': 'freshness',
  'index-flipped': 'structure',
  'acl-stripped-share': 'structure',
  'files-encrypted-few': 'structure',
  'data-pack-flipped': 'content',
};

test('each kind of damage is found at its level, and clean cassettes raise no alarm', async () => {
  const known = new Set(allKinds.map(({ id }) => id));
  expect(known.size).toBe(allKinds.length);
  expect(known.size).toBeGreaterThanOrEqual(40);
  await withDetectionSite(
    { ...golden, applications: false, sizeBytes: golden.manifest.sizeBytes },
    async (site) => {
      for (const [index, kind] of allKinds.filter(({ id }) => id in sample).entries()) {
        site.seed = 7000 + index;
        const { level, text } = await detect(site, kind);
        expect([kind.id, level]).toEqual([kind.id, sample[kind.id]]);
        expect(text).not.toBe('');
      }
      for (const seed of cleanEndings.keys()) {
        site.seed = seed;
        expect(await falseAlarm(site, 'content')).toBeUndefined();
      }
    },
  );
});
