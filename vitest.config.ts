import { defineConfig } from 'vitest/config';

/** Two lanes: `unit` needs nothing; `servers` needs Kafka, Elasticsearch and Redis (`test/servers/setup.ts` brings them). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.servers.test.ts', '.breakwater/**'],
        },
      },
      {
        test: {
          name: 'servers',
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
