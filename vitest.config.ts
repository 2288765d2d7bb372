import { defineConfig } from 'vitest/config';

// kafkajs sets timers in the past, which newer Nodes warn of.
const execArgv = ['--disable-warning=TimeoutNegativeWarning'];

/**
 * The lanes: `unit` needs nothing; `servers` needs Kafka, Elasticsearch and Redis (`test/servers/setup.ts` brings them);
 * `foreign` shows the ledger to verifiers that others wrote, as far as their toolchains are here.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          execArgv,
          // Far more than any needs: a busy build machine is no failure.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.servers.test.ts', '**/*.foreign.test.ts', '.breakwater/**'],
        },
      },
      {
        test: {
          name: 'foreign',
          include: ['**/*.foreign.test.ts'],
          exclude: ['**/node_modules/**', '.breakwater/**'],
          testTimeout: 120_000,
          // The first build of the Go verifiers fetches their modules.
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'servers',
          execArgv,
          include: ['**/*.servers.test.ts'],
          exclude: ['**/node_modules/**', '.breakwater/**'],
          globalSetup: ['test/servers/setup.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
