import { type CommandResult, runTool } from './command.ts';

/** One property of the source that a tool watches over. */
interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

const checks: readonly Check[] = [
  { name: 'types', command: ['tsc'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', command: ['biome', 'format', '.'] },
  { name: 'dead code', command: ['knip', '--no-progress', '--no-config-hints'] },
];
/** Conventions that no tool knows are tests; the unit lane runs them too. */
export const tidyCheck: Check = {
  name: 'tidy',
  command: ['vitest', 'run', '--project', 'unit', '--reporter', 'minimal', 'test/tidy.test.ts'],
};

/** The tools use several threads each: two at a time keep a small computer busy. */
const concurrent_max = 2;

export interface CheckResult extends CommandResult {
  readonly name: string;
}

/** Runs the checks and tells each result as it comes. */
export async function runChecks(
  extra: readonly Check[],
  onResult: (result: CheckResult) => void,
  signal?: AbortSignal,
): Promise<readonly CheckResult[]> {
  const waiting = [...checks, ...extra];
  const results: CheckResult[] = [];
  const runNext = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const result = { name: check.name, ...(await runTool(check.command, { signal })) };
      onResult(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: concurrent_max }, runNext));
  return results;
}

/** One line a check; what the tool said when it failed. */
export function describeCheck(result: CheckResult): string {
  const seconds = `${(result.duration_ms / 1000).toFixed(1)} s`.padStart(7);
  const line = `  ${result.name.padEnd(10)} ${result.ok ? 'ok    ' : 'FAILED'} ${seconds}\n`;
  return result.ok ? line : `${line}${result.output.trimEnd()}\n`;
}
