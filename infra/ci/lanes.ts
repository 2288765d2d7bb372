import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { TestServers } from '../../test/servers/servers.ts';
import { describeCheck, runChecks } from '../check/checks.ts';
import { projectRoot, runTool } from '../check/command.ts';
import { type Counts, noCounts } from './counts.ts';
import { countTests } from './vitest-report.ts';

/** kafkajs sets timers in the past, which newer Nodes warn of. */
const nodeOptions = `${process.env['NODE_OPTIONS'] ?? ''} --disable-warning=TimeoutNegativeWarning`.trim();

/** Types, lint, format, dead code: each is one test. */
export async function checkLane(signal: AbortSignal): Promise<Counts> {
  const results = await runChecks([], (result) => process.stdout.write(describeCheck(result)), signal);
  const passed = results.filter((result) => result.ok).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

/** Tests that need nothing but the source. */
export function unitLane(signal: AbortSignal): Promise<Counts> {
  return runVitest('unit', {}, signal);
}

/** The ledger before verifiers that others wrote; what needs an absent toolchain is skipped, loudly. */
export function foreignLane(signal: AbortSignal): Promise<Counts> {
  return runVitest('foreign', {}, signal);
}

/**
 * Tests against real servers. Where servers cannot be had (no JDK, no network), its files count as skipped, loudly; on a
 * CI machine, which promises servers, as failed.
 */
export async function serversLane(
  servers: Promise<TestServers>,
  isCi: boolean,
  signal: AbortSignal,
): Promise<Counts> {
  try {
    const { variables, description } = await servers;
    process.stdout.write(`  ${description}\n`);
    return await runVitest('servers', variables, signal);
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    process.stdout.write(`  NOT RUN: ${error.message}\n  ${error.action} (${error.code})\n`);
    const files = globSync('{services,shared,infra,test}/**/*.servers.test.ts', { cwd: projectRoot }).length;
    return isCi ? { ...noCounts, failed: files } : { ...noCounts, skipped: files };
  }
}

async function runVitest(
  project: string,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-report-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=minimal', '--reporter=json', `--outputFile.json=${file}`];
  try {
    const { ok } = await runTool(['vitest', 'run', '--project', project, ...reporters], {
      signal,
      isShown: true,
      variables: { ...variables, NODE_OPTIONS: nodeOptions },
    });
    const counts = existsSync(file) ? countTests(readFileSync(file, 'utf8')) : noCounts;
    return !ok && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
