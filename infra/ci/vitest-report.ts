import { z } from 'zod';
import { type Counts, sumCounts } from './counts.ts';

/** What we read of vitest's JSON report. */
const report = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      status: z.enum(['passed', 'failed']),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/**
 * Counts the tests of a report. A file that could not be loaded is one failure, and so is an error outside of any test:
 * neither appears among the tests.
 */
export function countTests(json: string): Counts {
  const { success, testResults } = report.parse(JSON.parse(json));
  const counts = sumCounts(testResults.map(countFile));
  return !success && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function countFile({ status, assertionResults }: z.infer<typeof report>['testResults'][number]): Counts {
  const count = (wanted: string): number => assertionResults.filter((test) => test.status === wanted).length;
  const passed = count('passed');
  const failed = count('failed');
  const isBroken = status === 'failed' && failed === 0;
  return { passed, failed: isBroken ? 1 : failed, skipped: assertionResults.length - passed - failed };
}
