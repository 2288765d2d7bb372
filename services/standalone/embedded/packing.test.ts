import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamBatch } from '#shared/kafka/port.ts';
import type { Outcome } from '#shared/service/outcome.ts';
import { packBatch, packOutcomes, unpackBatch, unpackOutcomes } from './packing.ts';

const bytes = fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some));
const headers = fc.dictionary(fc.constantFrom('a', 'b'), fc.string(), { maxKeys: 2, noNullPrototype: true });

const batch: fc.Arbitrary<StreamBatch> = fc
  .array(fc.record({ timestamp_ms: fc.nat(), value: fc.option(bytes, { nil: undefined }), headers }), {
    minLength: 1,
  })
  .map((records) => ({
    topic: 'raw.runtime',
    partition: 0,
    records: records.map((record, index) => ({
      ...record,
      topic: 'raw.runtime',
      partition: 0,
      offset: BigInt(index),
      key: undefined,
    })),
  }));

const output = fc.record(
  {
    topic: fc.constantFrom('events.runtime', 'signals'),
    key: fc.option(fc.string(), { nil: undefined }),
    value: fc.option(bytes, { nil: undefined }),
    headers,
    timestamp_ms: fc.nat(),
  },
  { requiredKeys: ['topic', 'key', 'value'], noNullPrototype: true },
);

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.array(output, { maxLength: 3 }).map((outputs): Outcome => ({ kind: 'ok', outputs })),
  fc.constant<Outcome>({ kind: 'duplicate' }),
  fc.string().map((reason): Outcome => ({ kind: 'drop', reason })),
  fc.tuple(fc.string(), fc.string()).map(([reason, detail]): Outcome => ({ kind: 'reject', reason, detail })),
);

/** As a message between threads is. */
function sent<Message>(message: Message): Message {
  return structuredClone(message);
}

describe('what crosses between threads', () => {
  it('batches come out as they went in', () => {
    fc.assert(
      fc.property(batch, (some) => {
        expect(unpackBatch(sent(packBatch(some)))).toEqual(some);
      }),
    );
  });

  it('outcomes come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(outcome), (some) => {
        expect(unpackOutcomes(sent(packOutcomes(some)))).toEqual(some);
      }),
    );
  });
});
