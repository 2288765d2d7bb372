/**
 * How much of the speed of Elasticsearch reaches a user of the indexer: documents a second from Kafka through the
 * indexer's own loop, divided by those of the best loader there can be (prepared requests from memory, same documents,
 * same ids, same templates, same server), taken by turns in one run.
 *
 *     node test/bench/indexer.ts [--documents 60000] [--rounds 5]
 *
 * Uses the servers that the environment names, or starts its own.
 */
import { parseArgs } from 'node:util';
import { printProgress } from '../../infra/stack/progress.ts';
import { startTestServers } from '../servers/servers.ts';
import { type Figures, measure, median, percent } from './figures.ts';
import { createIndexerRun } from './indexer-run.ts';
import { loadDirectly } from './raw-loader.ts';
import { sampleEvents } from './sample-events.ts';

const { values } = parseArgs({
  options: { documents: { type: 'string', default: '60000' }, rounds: { type: 'string', default: '5' } },
});
const documents = Number(values.documents);
const rounds = Number(values.rounds);

const servers = await startTestServers(printProgress(process.stderr), undefined, 'throughput');
const { KAFKA_BROKERS = '', ELASTICSEARCH_URL: url = '' } = servers.variables;
print(`${servers.description}\nNode ${process.version}, ${documents} documents a round, ${rounds} rounds`);
try {
  const indexer = await createIndexerRun(KAFKA_BROKERS, url);
  await loadDirectly(url, 'warm', sampleEvents(documents, 'warm'), (load) => load());
  const raw: Figures[] = [];
  const ours: Figures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const events = sampleEvents(documents, `round-${round}`);
    raw.push(await loadDirectly(url, `raw_${round}`, events, (load) => measure(url, documents, load)));
    ours.push(await indexer.run(`indexer_${round}`, events, (load) => measure(url, documents, load)));
    report(`round ${round + 1}`, raw.slice(-1), ours.slice(-1));
  }
  await indexer.close();
  report('median', raw, ours);
} finally {
  await servers.stop();
}

function report(name: string, raw: readonly Figures[], ours: readonly Figures[]): void {
  const of = (side: readonly Figures[], figure: keyof Figures) => median(side.map((each) => each[figure]));
  const speed = median(ours.map((each, round) => each.per_second / (raw[round]?.per_second ?? Number.NaN)));
  const [rawCost, ourCost] = [raw, ours].map((side) => of(side, 'own_cpu_us') + of(side, 'server_cpu_us'));
  print(
    `${name}: raw ${Math.round(of(raw, 'per_second'))}/s, indexer ${Math.round(of(ours, 'per_second'))}/s, ` +
      `ratio ${percent(speed)}; CPU a document: raw ${of(raw, 'own_cpu_us').toFixed(1)} + ` +
      `${of(raw, 'server_cpu_us').toFixed(1)} µs, indexer ${of(ours, 'own_cpu_us').toFixed(1)} + ` +
      `${of(ours, 'server_cpu_us').toFixed(1)} µs, ratio ${percent((rawCost ?? 0) / (ourCost ?? 1))}`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
