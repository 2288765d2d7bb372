import { join } from 'node:path';
import { connectStream } from '#shared/service/connect.ts';
import { createLog } from '#shared/telemetry/log.ts';
import { printProgress } from '../../../infra/stack/progress.ts';
import { serverTitles, shownAddress } from '../../../infra/stack/server.ts';
import { type RunningStack, startStack } from '../../../infra/stack/stack.ts';
import { createFleet, type Fleet } from '../fleet.ts';
import { Progress } from '../progress.ts';
import { type FoundIncident, foundIncidents } from '../report/incidents.ts';
import { checkLedger, type LedgerCheck } from '../report/ledger.ts';
import { allServices } from '../services.ts';
import { playStream } from './play.ts';
import { readBack } from './read-back.ts';
import { settle } from './settle.ts';

/** Time for all services to work off what the demo sends. */
const settle_deadline_ms = 120_000;
const poll_interval_ms = 200;
const namespace = 'demo';

export interface DemoOptions {
  readonly directory: string;
  /** Recorded Kafka messages. */
  readonly file: string;
}

export interface DemoResult {
  /** `Kafka 4.3.1 at 127.0.0.1:19092`, one a server. */
  readonly servers: readonly string[];
  /** Sent to each raw topic. */
  readonly sent: ReadonlyMap<string, number>;
  readonly pipeline_ms: number;
  readonly signals: number;
  readonly dead_letters: number;
  /** Counted by Elasticsearch. */
  readonly indexed: ReadonlyMap<string, number>;
  readonly incidents: readonly FoundIncident[];
  readonly ledger: readonly LedgerCheck[];
}

/** Starts servers and services, plays the file through them, waits until all is done, reads back, stops everything. */
export async function runDemo({ directory, file }: DemoOptions): Promise<DemoResult> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort(new Error('interrupted'));
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const stack = await startStack({
    directory,
    signal: interrupt.signal,
    onProgress: printProgress(process.stderr),
  });
  try {
    return await runOn(stack, directory, file, interrupt.signal);
  } finally {
    await stack.stop();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

async function runOn(
  stack: RunningStack,
  directory: string,
  file: string,
  signal: AbortSignal,
): Promise<DemoResult> {
  const environment = {
    ...stack.variables,
    BREAKWATER_DATA: directory,
    BREAKWATER_NAMESPACE: namespace,
    BREAKWATER_GATEWAY_PORT: '0',
    BREAKWATER_GATEWAY_TOKENS: 'default=only-for-this-demonstration',
    BREAKWATER_API_PORT: '0',
    BREAKWATER_API_TOKENS: 'demo=only-for-this-demonstration',
  };
  const logFile = join(directory, 'services.log');
  const services = await allServices();
  process.stderr.write(`starting ${services.length} services …\n`);
  const fleet = await createFleet(services, environment, (name) => createLog(name, 'info', logFile));
  const interrupted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  interrupted.catch(() => undefined);
  let played: Awaited<ReturnType<typeof play>>;
  try {
    await Promise.race([fleet.start(), fleet.failed, interrupted]);
    played = await Promise.race([play(fleet, stack.kafka.brokers, file), fleet.failed, interrupted]);
  } finally {
    await fleet.stop();
  }
  const found = await readBack(stack.elasticsearch.url, namespace);
  return {
    servers: stack.servers.map(
      (server) => `${serverTitles[server.name]} ${server.version} at ${shownAddress(server.address)}`,
    ),
    ...played,
    indexed: found.events_by_dataset,
    incidents: foundIncidents(found.incidents, [...found.timelines.values()].flat()),
    ledger: checkLedger(join(directory, 'ledger')),
  };
}

/** Sends the file and waits until every service has nothing left to do. */
async function play(fleet: Fleet, brokers: string, file: string) {
  const stream = await connectStream({ brokers: brokers.split(','), client_id: 'breakwater-demo' });
  const writer = stream.writer();
  const progress = new Progress('events');
  const started_ms = performance.now();
  try {
    const sent = await playStream(file, writer, (records) => progress.show(records, undefined, 'sent'));
    const total = [...sent.values()].reduce((sum, count) => sum + count, 0);
    const onLook = (lags: ReadonlyMap<string, bigint>): void => {
      const open = [...lags].filter(([, lag]) => lag > 0n).map(([name, lag]) => `${name} ${lag}`);
      progress.show(total, undefined, open.length === 0 ? 'settling' : `waiting: ${open.join(', ')}`);
    };
    await settle(fleet, { poll_interval_ms, deadline_ms: settle_deadline_ms, onLook });
    progress.clear();
    const count = async (topic: string): Promise<number> => {
      const partitions = await stream.offsets(topic);
      return Number(partitions.reduce((sum, { low, high }) => sum + high - low, 0n));
    };
    const dlq = await Promise.all(deadLetterTopics.map(count));
    return {
      sent,
      pipeline_ms: Math.round(performance.now() - started_ms),
      signals: await count('signals'),
      dead_letters: dlq.reduce((sum, some) => sum + some, 0),
    };
  } finally {
    await writer.close();
    await stream.close();
  }
}

const deadLetterTopics = ['scanner', 'admission', 'runtime', 'network', 'inventory', 'index'].map(
  (name) => `dlq.${name}`,
);
