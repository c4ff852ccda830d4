import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/longest-first.ts';

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: '.state/test-results.json' }]],
    // Real programs and real hosts: on a busy machine a second is little.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two at a time: a lab waits for its hosts about as long as it works, and its hosts are many.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          globalSetup: ['tests/leftovers.ts'],
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/lab/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          globalSetup: ['tests/leftovers.ts', 'tests/lab/golden-setup.ts'],
          include: ['tests/lab/**/*.test.ts'],
          testTimeout: 15 * 60_000,
          hookTimeout: 15 * 60_000,
        },
      },
    ],
  },
});
