import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecs } from '#shared/avro/codecs.ts';
import type { StreamBatch } from '#shared/kafka/port.ts';
import { createMemorySink, type MemorySink } from '#shared/search/memory/sink.ts';
import { createIndexProcessor } from './processor.ts';
import { Progress } from './progress.ts';

const namespace = 'test';
const stream = 'logs-falco.alerts-test';
const records = 300;
const batch_records_max = 20;
const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 200);

describe('progress', () => {
  it('takes all for replayed at first, what it has just read for new, and a step back for replayed', async () => {
    const sink = createMemorySink();
    const progress = new Progress(sink, namespace, batch_records_max);
    expect(await progress.isReplayed(batchOf(0, 5))).toBe(true);
    await sink.write(progress.mark(batchOf(0, 5)));
    expect(await progress.isReplayed(batchOf(5, 10))).toBe(true);
    expect(await progress.isReplayed(batchOf(10, 20))).toBe(true);
    expect(await progress.isReplayed(batchOf(20, 25))).toBe(false);
    expect(await progress.isReplayed(batchOf(1000, 1005))).toBe(false);
    await sink.write(progress.mark(batchOf(1000, 1005)));
    expect(await progress.isReplayed(batchOf(3, 8))).toBe(true);
    // Eight batches between two marks, and one that may have died: 1005 + 9 * 20.
    expect(await new Progress(sink, namespace, batch_records_max).isReplayed(batchOf(1184, 1185))).toBe(true);
    expect(await new Progress(sink, namespace, batch_records_max).isReplayed(batchOf(1185, 1186))).toBe(
      false,
    );
  });

  it('leaves a mark with the first batch, and then every eight full ones', async () => {
    const progress = new Progress(createMemorySink(), namespace, batch_records_max);
    const marks: number[] = [];
    for (let at = 0; at < 400; at += batch_records_max) {
      const batch = batchOf(at, at + batch_records_max);
      await progress.isReplayed(batch);
      marks.push(...progress.mark(batch).map(({ version }) => Number(version)));
    }
    expect(marks).toEqual([20, 180, 340]);
  });

  it('keeps every event once, whatever crashes, rewinds and rolls over', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('batch' as const), size: fc.integer({ min: 1, max: batch_records_max }) }),
      fc.record({
        do: fc.constant('crash' as const),
        size: fc.integer({ min: 1, max: batch_records_max }),
        written: fc.integer({ min: 0, max: batch_records_max + 1 }),
      }),
      fc.record({ do: fc.constant('restart' as const), at: fc.integer({ min: 0, max: records }) }),
      fc.record({ do: fc.constant('roll over' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const sink = createMemorySink();
        let indexer = start(sink);
        let at = 0;
        for (const each of steps) {
          if (each.do === 'roll over') sink.rollOver(stream);
          else if (each.do === 'restart') {
            indexer = start(sink);
            at = Math.min(at, each.at);
          } else if (each.do === 'crash') {
            await start(dying(sink, each.written))
              .process(batchOf(at, Math.min(records, at + each.size)))
              .catch(() => undefined);
            indexer = start(sink);
          } else if (at < records) {
            const end = Math.min(records, at + each.size);
            await indexer.process(batchOf(at, end));
            at = end;
          }
        }
        for (; at < records; at += batch_records_max) {
          await indexer.process(batchOf(at, Math.min(records, at + batch_records_max)));
        }
        const ids = sink.ids(stream);
        expect(ids.toSorted()).toEqual(
          Array.from({ length: records }, (_, offset) => idOf(offset)).toSorted(),
        );
      }),
      { numRuns: runs },
    );
  });
});

function start(sink: MemorySink) {
  return createIndexProcessor({
    sink,
    namespace,
    progress: new Progress(sink, namespace, batch_records_max),
  });
}

/** Takes only the first of the documents, then its process dies. */
function dying(sink: MemorySink, written: number): MemorySink {
  return {
    ...sink,
    write: async (writes, options) => {
      await sink.write(writes.slice(0, written), options);
      throw new Error('killed');
    },
  };
}

function batchOf(from: number, to: number): StreamBatch {
  const position = { topic: 'events.runtime', partition: 0 };
  const all = Array.from({ length: to - from }, (_, index) => ({
    ...position,
    offset: BigInt(from + index),
    timestamp_ms: 0,
    key: undefined,
    value: eventOf(from + index),
    headers: {},
  }));
  return { ...position, records: all };
}

function idOf(offset: number): string {
  return `event-${offset}`;
}

function eventOf(offset: number): Buffer {
  return codecs.event.encode({
    id: idOf(offset),
    hash: '',
    scope: 's',
    family: 'runtime',
    format: 'falco',
    dataset: 'falco.alerts',
    time_ns: 0n,
    source: { topic: 'raw.runtime', partition: 0, offset: BigInt(offset) },
    document: '{}',
  });
}
