import { afterAll, expect, test } from 'vitest';
import { EvidenceLog, readEvidence } from '../../runbooks/evidence/evidence.ts';
import { verifyRestore } from '../../scripts/verify-restore.ts';
import { SiteStack } from '../../stacks/engine.ts';
import { golden, viareggio } from './golden.ts';
import { removeEverything } from './lab-harness.ts';

afterAll(removeEverything);
void EvidenceLog;
void readEvidence;

test('a restored site passes every check, and a second run changes nothing', async () => {
  const { lab, context, place } = await viareggio('restore', ['vi-dc1', 'vi-fs1', 'vi-ws1']);
  await lab.plugCassette(golden.label, 'vi-fs1');
  const stack = await SiteStack.open(
    'viareggio',
    { role: 'exercise', from: { label: golden.label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' } },
    place,
  );
  expect((await stack.up()).changes).toEqual({ create: expect.any(Number) });
  const { checks } = await verifyRestore(context, {
    site: 'viareggio',
    label: golden.label,
    snapshot: golden.snapshotId,
  });
  expect(checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
  expect((await stack.up()).changed).toBe(false);
});
