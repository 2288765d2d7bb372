import { expect, it } from 'vitest';
import { describeCounts } from './counts.ts';
import { countTests } from './vitest-report.ts';

const file = (status: 'passed' | 'failed', ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});
const reportOf = (success: boolean, ...testResults: ReturnType<typeof file>[]): string =>
  JSON.stringify({ success, testResults });

it('counts tests over all files', () => {
  const json = reportOf(
    false,
    file('passed', 'passed', 'pending', 'todo'),
    file('failed', 'passed', 'failed', 'skipped'),
  );
  expect(countTests(json)).toEqual({ passed: 2, failed: 1, skipped: 3 });
});

it('counts a file that could not be loaded as a failure', () => {
  expect(countTests(reportOf(false, file('failed'), file('failed', 'passed')))).toMatchObject({ failed: 2 });
});

it('counts an error outside of any test as a failure', () => {
  expect(countTests(reportOf(false, file('passed', 'passed')))).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

it('names skipped tests only when there are some', () => {
  expect(describeCounts({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(describeCounts({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});
