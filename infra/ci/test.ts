import { printProgress } from '../stack/progress.ts';
import { startTestServers, type TestServers } from '../../test/servers/servers.ts';
import { type Counts, describeCounts, sumCounts } from './counts.ts';
import { checkLane, foreignLane, serversLane, unitLane } from './lanes.ts';

/** `make test`: all lanes. The last line is how many tests passed and failed over all of them. */
async function main(): Promise<Counts> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  const { signal } = abort;
  // Downloads and start-up go on while the other lanes run.
  const servers = startTestServers(printProgress(process.stderr), signal);
  servers.catch(() => undefined);
  const lanes: Record<string, () => Promise<Counts>> = {
    check: () => checkLane(signal),
    unit: () => unitLane(signal),
    foreign: () => foreignLane(signal),
    servers: () => serversLane(servers, process.env['CI'] === 'true', signal),
  };
  const results: Counts[] = [];
  try {
    for (const [name, run] of Object.entries(lanes)) {
      if (signal.aborted) break;
      results.push(await timed(name, run));
    }
  } finally {
    await stopWhenStarted(servers);
  }
  const counts = sumCounts(results);
  return signal.aborted ? { ...counts, failed: counts.failed + 1 } : counts;
}

/** Servers that could not be started have been reported by their lane. */
async function stopWhenStarted(servers: Promise<TestServers>): Promise<void> {
  const [outcome] = await Promise.allSettled([servers]);
  if (outcome.status === 'fulfilled') await outcome.value.stop();
}

async function timed(name: string, run: () => Promise<Counts>): Promise<Counts> {
  process.stdout.write(`${name}\n`);
  const start_ms = performance.now();
  const counts = await run();
  const seconds = ((performance.now() - start_ms) / 1000).toFixed(1);
  process.stdout.write(`${name}: ${describeCounts(counts)} in ${seconds} s\n\n`);
  return counts;
}

const counts = await main();
process.exitCode = counts.failed === 0 ? 0 : 1;
process.stdout.write(`${describeCounts(counts)}\n`);
