import { defineConfig } from 'vitest/config';

// kafkajs sets timers in the past, which newer Nodes warn of.
const execArgv = ['--disable-warning=TimeoutNegativeWarning'];

/** Two lanes: `unit` needs nothing; `servers` needs Kafka, Elasticsearch and Redis (`test/servers/setup.ts` brings them). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          execArgv,
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.servers.test.ts', '.breakwater/**'],
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
