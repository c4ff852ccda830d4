/**
 * The last line of .ci/run, from vitest's result file and the two exit statuses: `ci-summary.ts TESTS LINT`.
 * Whatever failed without a failed test (a file that could not load, the set-up, a linter) counts as one failure each.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isMissingFile } from '../core/errors.ts';

const results = z.looseObject({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.looseObject({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

const [testStatus = '1', lintStatus = '1'] = process.argv.slice(2);
const { passed, failed } = countTests();
const silent = failed === 0 && testStatus !== '0' ? 1 : 0;
const total = failed + silent + (lintStatus === '0' ? 0 : 1);
console.log(`${passed} passed, ${total} failed`);
if (total > 0) process.exitCode = 1;

function countTests(): { passed: number; failed: number } {
  let text: string;
  try {
    text = readFileSync('.state/test-results.json', 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return { passed: 0, failed: 0 };
    throw error;
  }
  const { numPassedTests, numFailedTests, testResults } = results.parse(JSON.parse(text));
  const unloadable = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return { passed: numPassedTests, failed: numFailedTests + unloadable.length };
}
