import { codecs } from '#shared/avro/codecs.ts';
import type { Event } from '#shared/avro/types.generated.ts';
import { systemClock } from '#shared/clock/clock.ts';
import type { Stream } from '#shared/kafka/port.ts';
import { createElasticsearchSink } from '#shared/search/elasticsearch/sink.ts';
import { connectStream } from '#shared/service/connect.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { type BatchProcessor, Loop } from '#shared/service/loop.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { createIndexProcessor } from '../../services/indexer/processor.ts';
import { Progress } from '../../services/indexer/progress.ts';

const partitions = 6;
const batch_records_max = 2_000;
const produced_at_once = 5_000;
const poll_ms = 5;

/** The indexer as its service runs it, on topics of its own. */
export interface IndexerRun {
  /** Fills a topic, then lets a new indexer read it; `measured` runs the work from the first batch to the last. */
  run<Result>(
    name: string,
    events: readonly Event[],
    measured: (load: () => Promise<void>) => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}

export async function createIndexerRun(brokers: string, url: string): Promise<IndexerRun> {
  const stream = await connectStream({ brokers: [brokers], client_id: 'bench' });
  return {
    run: async (name, events, measured) => {
      const topic = `bench.${Date.now().toString(36)}.${name}`;
      await fill(stream, topic, events);
      const namespace = topic.replaceAll('.', '_');
      const sink = createElasticsearchSink({ url, namespace, clock: systemClock });
      await sink.prepare();
      const writer = stream.writer();
      const progress = new Progress(sink, namespace, batch_records_max);
      const gate = gated(createIndexProcessor({ sink, namespace, progress }));
      const loop = new Loop({
        name: topic,
        stream,
        writer,
        topics: [topic],
        batch_records_max,
        processor: gate.processor,
        deadLetterTopic: () => 'dlq.index',
        audit_type: 'batch.index',
        audit: createAuditTrail({ writer, producer: topic }),
        tenant: 'bench',
        clock: systemClock,
        telemetry: noTelemetry,
        log: silentLog,
      });
      await loop.start();
      await gate.reached;
      const result = await measured(async () => {
        gate.open();
        while (gate.records() < events.length) await sleep(poll_ms);
      });
      await loop.stop();
      await writer.close();
      await sink.close();
      return result;
    },
    close: () => stream.close(),
  };
}

/** Holds the first batches until the measurement starts: joining a group is not indexing. */
function gated(processor: BatchProcessor) {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let records = 0;
  const held: BatchProcessor = {
    process: async (batch) => {
      reached.resolve();
      await opened.promise;
      const outcomes = await processor.process(batch);
      if (outcomes.some((outcome) => outcome.kind !== 'ok')) throw new Error('a document was not taken');
      records += outcomes.length;
      return outcomes;
    },
  };
  return { processor: held, reached: reached.promise, open: opened.resolve, records: () => records };
}

async function fill(stream: Stream, topic: string, events: readonly Event[]): Promise<void> {
  await stream.createTopics([{ name: topic, partitions, config: {} }]);
  const writer = stream.writer();
  for (let at = 0; at < events.length; at += produced_at_once) {
    await writer.send(
      events
        .slice(at, at + produced_at_once)
        .map((event, index) => ({ topic, partition: index % partitions, value: codecs.event.encode(event) })),
    );
  }
  await writer.close();
}

function sleep(duration_ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration_ms);
  });
}
