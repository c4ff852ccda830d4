import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: '.state/test-results.json' }]],
    // Real programs and real hosts: on a busy machine a second is little.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          globalSetup: ['tests/leftovers.ts'],
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/lab/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // After the others, two at a time: a lab waits for its hosts about as long as it works.
        extends: true,
        test: {
          name: 'lab',
          globalSetup: ['tests/leftovers.ts', 'tests/lab/golden-setup.ts'],
          include: ['tests/lab/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 15 * 60_000,
          hookTimeout: 15 * 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
