import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By what they took on two cores. With the longest first the two workers end at about the same time; the rest fills the gaps. */
const longest = [
  'kit',
  'return',
  'attended-drill',
  'stack',
  'drill',
  'interlock',
  'bad-input',
  'verify',
  'applications',
  'attended-chapter',
  'cassette',
  'interruption',
  'lab',
  'run',
  'live-page',
  'restore-run',
  'command-provider-conformance',
  'schedule',
  'run-cli',
  'services',
  'detection',
  'lab-death',
  'inventory-broken',
  'products',
  'paper-cli',
];

/** A clean clone has no memory of how long each file took: without this the short files that take minutes would come last. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line no-array-sort -- the sequencer's own, which gives a new list
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const found = longest.indexOf(basename(moduleId, '.test.ts'));
  return found === -1 ? longest.length : found;
}
