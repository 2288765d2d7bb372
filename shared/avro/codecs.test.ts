import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { Codec } from './codec.ts';
import { type AnyRecord, codecs, decodeAny } from './codecs.ts';
import * as samples from './samples.ts';
import { parseSchema } from './schema.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 100);

/** The same checks for each codec; T ties a codec to its generator. */
function suite<T>(type: AnyRecord['type'], codec: Codec<T>, records: fc.Arbitrary<T>): void {
  describe(type, () => {
    test('what is written is read back, by name and by fingerprint', () => {
      fc.assert(
        fc.property(records, (value) => {
          expect(codec.problems(value)).toEqual([]);
          const record = codec.encode(value);
          expect(codec.decode(record)).toEqual(value);
          expect(decodeAny(record)).toEqual({ type, value });
        }),
        { numRuns: runs },
      );
    });

    test('every cut and every added byte is malformed', () => {
      const [value] = fc.sample(records, { numRuns: 1, seed: 7 });
      const record = codec.encode(expectDefined(value));
      for (let length = 0; length < record.length; length++) {
        expect(() => codec.decode(record.subarray(0, length))).toThrow(malformed);
      }
      expect(() => codec.decode(Buffer.concat([record, Buffer.alloc(1)]))).toThrow(malformed);
    });

    test('changed bytes give a record or a coded error, never anything else', () => {
      fc.assert(
        fc.property(records, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }), (value, at, bytes) => {
          const record = codec.encode(value);
          record.set(bytes, at % Math.max(1, record.length - bytes.length));
          expect(() => codec.decode(record)).toSatisfy(isCodedOrFine);
        }),
        { numRuns: runs },
      );
    });
  });
}

const malformed = expect.objectContaining({ code: 'BW_AVRO_MALFORMED' });

function expectDefined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('no sample');
  return value;
}

function isCodedOrFine(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch (error) {
    return error instanceof BreakwaterError && error.code === 'BW_AVRO_MALFORMED';
  }
}

suite('AuditRecord', codecs.auditRecord, samples.auditRecords);
suite('Decision', codecs.decision, samples.decisions);
suite('Event', codecs.event, samples.events);
suite('Fact', codecs.fact, samples.facts);
suite('Incident', codecs.incident, samples.incidents);
suite('Signal', codecs.signal, samples.signals);
suite('TimelineEntry', codecs.timelineEntry, samples.timelineEntries);

test('texts of any length and alphabet are written as any Avro writer writes them', () => {
  const plain = avsc.Type.forSchema({ type: 'array', items: 'string' });
  const measured = parseSchema({ type: 'array', items: 'string' });
  const text = fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 70 }), fc.nat(2))
    .map(([some, times]) => some.repeat(times * 40 + 1));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.nat(400), (texts, spare_bytes) => {
      const expected = plain.toBuffer(texts);
      const room = Buffer.alloc(expected.length + spare_bytes);
      expect(measured.encode(texts, room, 0)).toBe(expected.length);
      expect(room.subarray(0, expected.length)).toEqual(expected);
      if (texts.length > 0) expect(measured.encode(texts, Buffer.alloc(expected.length - 1), 0)).toBe(-1);
    }),
    { numRuns: runs },
  );
});

test('records of any size stand side by side', () => {
  const events = fc.sample(samples.events, { numRuns: 60, seed: 3 }).map((event, index) => ({
    ...event,
    document: 'x'.repeat((index * 7919) % 70_000),
  }));
  const records = events.map((event) => codecs.event.encode(event));
  expect(records.map((record) => codecs.event.decode(record))).toEqual(events);
});

const entry = { event_id: 'e', scope: 's', write_version: 1n, document: null };

test('arbitrary bytes are malformed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(() => decodeAny(Buffer.from(bytes))).toThrow(malformed);
    }),
  );
});

test('a document larger than the scratch buffer is written whole', () => {
  const large = { ...entry, document: 'é'.repeat(2_000_000) };
  expect(codecs.timelineEntry.decode(codecs.timelineEntry.encode(large))).toEqual(large);
});

test('records do not share memory with later ones', () => {
  const first = codecs.timelineEntry.encode(entry);
  const copy = Buffer.from(first);
  codecs.timelineEntry.encode({ ...entry, event_id: 'x' });
  expect(first).toEqual(copy);
});

test('an undeclared field is named as a problem', () => {
  expect(codecs.timelineEntry.problems({ ...entry, colour: 'red' })).not.toEqual([]);
});

test('a value out of range is a coded error that names the field', () => {
  const broken = { ...entry, write_version: 2n ** 63n };
  expect(() => codecs.timelineEntry.encode(broken)).toThrow(
    expect.objectContaining({ code: 'BW_AVRO_INVALID', message: expect.stringContaining('write_version') }),
  );
});

test('a record of another type is not accepted by name', () => {
  expect(() => codecs.incident.decode(codecs.timelineEntry.encode(entry))).toThrow(malformed);
});
