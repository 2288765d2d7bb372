import { expect, it } from 'vitest';
import { codecs } from '#shared/avro/codecs.ts';
import { systemClock } from '#shared/clock/clock.ts';
import { createElasticsearchSink } from '#shared/search/elasticsearch/sink.ts';
import { incidentIndex } from '#shared/search/names.ts';
import { connectStream } from '#shared/service/connect.ts';
import { retryForever } from '#shared/service/retry.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { serverAddresses } from '../../test/servers/addresses.ts';
import { indexerService } from './pipeline.ts';

const servers = serverAddresses();
const run = Date.now().toString(36);
const namespace = `indexer_${run}`;

it('takes incidents from Kafka to Elasticsearch, and what it cannot read to the dead-letter topic', async () => {
  const stream = await connectStream({ brokers: [servers.kafka_brokers], client_id: 'indexer-test' });
  const writer = stream.writer();
  // The leader of a topic that was just made may not know of it yet.
  const before = await retryForever(deadLetters, {
    signal: new AbortController().signal,
    onRetry: () => undefined,
  });
  const incident = (write_version: bigint) =>
    codecs.incident.encode({
      id: run,
      scope: 's',
      write_version,
      status: 'open',
      document: `{"@timestamp":"2026-11-21T10:00:00Z","incident":{"id":"${run}"}}`,
    });
  await writer.send(
    [incident(1n), Buffer.from('not avro'), incident(3n), incident(2n)].map((value) => ({
      topic: 'incidents',
      partition: 0,
      value,
    })),
  );
  const service = await indexerService.create(
    {
      kafkaBrokers: [servers.kafka_brokers],
      elasticsearchUrl: servers.elasticsearch_url,
      elasticsearchApiKey: undefined,
      namespace,
      scope: 'test',
      eventRetentionDays: 1,
    },
    { clock: systemClock, log: silentLog, telemetry: noTelemetry, instance: run },
  );
  await service.start();
  const sink = createElasticsearchSink({ url: servers.elasticsearch_url, namespace, clock: systemClock });
  await expect.poll(() => sink.versions(incidentIndex(namespace), [run]), { timeout: 30_000 }).toEqual([3n]);
  await expect.poll(() => service.lag(), { timeout: 30_000 }).toBe(0n);
  expect(await deadLetters()).toBeGreaterThan(before);
  await service.stop();
  await sink.close();
  await writer.close();
  await stream.close();

  async function deadLetters(): Promise<bigint> {
    const offsets = await stream.offsets('dlq.index');
    return offsets.reduce((total, { high }) => total + high, 0n);
  }
});
