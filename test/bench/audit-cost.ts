import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { median, percent } from './figures.ts';

/**
 * What auditing costs: `node test/bench/audit-cost.ts [embedded|servers] [days] [stream.ndjson]`. Two processes have the whole
 * pipeline, one with audit records, auditor and ledger and one without: on embedded adapters, or each on a Kafka, an
 * Elasticsearch and a Redis of its own, whose CPU time then counts too. They take turns with the same records of one long
 * stream, so that what disturbs the machine disturbs both. Time is until all records are indexed and judged; CPU time
 * until the ledger and its search copy have everything as well.
 */
const project = join(import.meta.dirname, '../..');
const [where = 'embedded', days = '7', asked] = process.argv.slice(2);
const campaign = join(
  process.env['BREAKWATER_SHARED'] ?? join(project, '../shared'),
  'campaigns/quiet/stream.ndjson',
);
const file = asked ?? (existsSync(campaign) ? campaign : join(project, 'test/fixtures/demo/stream.ndjson'));
if (where !== 'embedded' && where !== 'servers') throw new TypeError(`embedded or servers, not ${where}`);
/** As `bin/breakwater` starts a process. */
const node_options = [
  '--max-semi-space-size=64',
  '--min-semi-space-size=64',
  '--initial-old-space-size=512',
  '--invocation-count-for-turbofan=20000',
];
/** Days before it counts: until then, code is being compiled. */
const days_unmeasured = 3;

const turnShape = z.object({
  records: z.number(),
  cpu_us: z.number(),
  wall_us: z.number(),
  ends_day: z.boolean(),
});
type Turn = z.infer<typeof turnShape>;
type Pair = readonly [audited: Turn, unaudited: Turn];

const [audited, unaudited] = await Promise.all([startPipeline('audited'), startPipeline('unaudited')]);
for (let day = 0; day < days_unmeasured; day += 1) await processDay();
const measured: Pair[] = [];
for (let day = 0; day < Number(days); day += 1) measured.push(...(await processDay()));
for (const pipeline of [audited, unaudited]) {
  pipeline.disconnect();
  await once(pipeline, 'exit');
}
printCost('CPU time', ({ cpu_us }) => cpu_us);
printCost('time', ({ wall_us }) => wall_us);

async function startPipeline(mode: 'audited' | 'unaudited'): Promise<ChildProcess> {
  const preloaded =
    mode === 'audited' ? [] : ['--import', join(import.meta.dirname, 'audit-cost/without-audit.ts')];
  const pipeline = join(import.meta.dirname, `audit-cost/${where}.ts`);
  const child = fork(pipeline, [file, mode], { execArgv: [...node_options, ...preloaded] });
  child.once('exit', (status) => {
    if (status !== 0) throw new Error(`the ${mode} pipeline ended with status ${status}`);
  });
  await once(child, 'message');
  return child;
}

async function processDay(): Promise<Pair[]> {
  const pairs: Pair[] = [];
  do pairs.push(await takeTurns(pairs.length % 2 === 0));
  while (pairs.at(-1)?.[0].ends_day === false);
  return pairs;
}

/** Who goes first alternates. */
async function takeTurns(auditedFirst: boolean): Promise<Pair> {
  if (auditedFirst) return [await takeTurn(audited), await takeTurn(unaudited)];
  const other = await takeTurn(unaudited);
  return [await takeTurn(audited), other];
}

async function takeTurn(pipeline: ChildProcess): Promise<Turn> {
  pipeline.send('next');
  const [answer]: unknown[] = await once(pipeline, 'message');
  return turnShape.parse(answer);
}

function printCost(name: string, of: (turn: Turn) => number): void {
  const perRecord = (turns: readonly Turn[]): number =>
    turns.reduce((sum, turn) => sum + of(turn), 0) / turns.reduce((sum, { records }) => sum + records, 0);
  const on = perRecord(measured.map(([turn]) => turn));
  const off = perRecord(measured.map(([, turn]) => turn));
  const costs = measured
    .map(([with_audit, without]) => of(with_audit) / of(without) - 1)
    .sort((a, b) => a - b);
  const quartile = (part: number): string => percent(costs[Math.floor(costs.length * part)] ?? Number.NaN);
  process.stdout.write(
    `${name} of a record: ${on.toFixed(1)} µs audited, ${off.toFixed(1)} µs not: auditing costs ${percent(on / off - 1)} ` +
      `in all, ${percent(median(costs))} in the median of ${costs.length} pairs of turns (${quartile(0.25)} to ${quartile(0.75)} in half of them)\n`,
  );
}
