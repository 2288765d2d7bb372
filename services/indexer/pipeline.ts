import { messageOf } from '#shared/errors/error.ts';
import { systemTimer } from '#shared/clock/timer.ts';
import { createElasticsearchSink } from '#shared/search/elasticsearch/sink.ts';
import { connectKafka } from '#shared/service/connect.ts';
import type { ConfigOf } from '#shared/config/setting.ts';
import type { Runtime, ServiceDefinition } from '#shared/service/definition.ts';
import { Loop } from '#shared/service/loop.ts';
import { retryForever } from '#shared/service/retry.ts';
import type { Service } from '#shared/service/service.ts';
import { indexerSettings } from './config.ts';
import { createIndexProcessor } from './processor.ts';
import { Progress } from './progress.ts';
import { createSearchTelemetry } from './search-telemetry.ts';
import { indexedTopics } from './topics.ts';

/** One or two bulk requests: large enough for Elasticsearch, small enough to replay. */
const batch_records_max = 2_000;

/** How long a stop waits for the batch that is being written. */
const drain_ms_max = 10_000;

export const indexerService: ServiceDefinition<typeof indexerSettings> = {
  name: 'indexer',
  description: 'writes events, incidents and timelines to Elasticsearch, each exactly once',
  settings: indexerSettings,
  create: (config, runtime) => createIndexer(config, runtime, false),
};

/** With `strict`, documents with a field that the templates do not know are refused, as tests want. */
export async function createIndexer(
  config: ConfigOf<typeof indexerSettings>,
  runtime: Runtime,
  dynamic: false | 'strict',
): Promise<Service> {
  const kafka = await connectKafka('indexer', config.kafkaBrokers, runtime.instance);
  const { clock, log, telemetry } = runtime;
  const { namespace } = config;
  const sink = createElasticsearchSink({
    url: config.elasticsearchUrl,
    api_key: config.elasticsearchApiKey,
    namespace,
    clock,
    dynamic,
    event_retention_days: config.eventRetentionDays,
    telemetry: createSearchTelemetry(log, telemetry),
  });
  const loop = new Loop({
    ...kafka,
    ...runtime,
    name: 'indexer',
    topics: indexedTopics,
    batch_records_max,
    processor: createIndexProcessor({
      sink,
      namespace,
      progress: new Progress(sink, namespace, batch_records_max),
    }),
    deadLetterTopic: () => 'dlq.index',
    audit_type: 'batch.index',
    tenant: config.scope,
  });
  const stopping = new AbortController();
  const service: Service = {
    name: 'indexer',
    failed: loop.failed,
    start: async () => {
      await retryForever(() => sink.prepare(), {
        signal: stopping.signal,
        onRetry: (error) =>
          log.warn('templates cannot be put yet; trying again', { reason: messageOf(error) }),
      });
      log.info('connected', { search: await sink.describe() });
      await loop.start();
    },
    lag: () => loop.lag(),
    stop: async () => {
      stopping.abort();
      // What Elasticsearch does not take by then stays uncommitted; the loop would wait for it for ever.
      const cancel = systemTimer.after(drain_ms_max, () => void sink.close());
      await loop.stop();
      cancel();
      await sink.close();
      await kafka.close();
    },
  };
  return service;
}
