import { describe, expect, test } from 'vitest';
import { createCodec } from './codec.ts';
import { parseSchema } from './schema.ts';

/** 0x0fffffff items, as a varint: about what once cost four seconds and a gigabyte. */
const hugeCount = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x01]);
/** The same count, negative, which says that the block's size in bytes follows. */
const hugeNegativeCount = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x01, 0x00]);
/** One item in a block that claims to be -3 bytes long: a reader that jumps by that size never ends. */
const backwardsBlock = Buffer.from([0x01, 0x05, 0x02, 0x61, 0x00]);

const list = parseSchema({ type: 'array', items: 'string' });
const map = parseSchema({ type: 'map', values: 'long' });
const hostile = [hugeCount, hugeNegativeCount].map((bytes) => Buffer.concat([bytes, Buffer.alloc(2)]));

test.each([list, map])('an impossible count is malformed at once (%s)', (type) => {
  const codec = createCodec(type, []);
  const header = codec.encode(type === list ? [] : {}).subarray(0, 10);
  const start = performance.now();
  for (const body of hostile) {
    const record = Buffer.concat([header, body]);
    expect(() => codec.decode(record)).toThrow(expect.objectContaining({ code: 'BW_AVRO_MALFORMED' }));
  }
  expect(performance.now() - start).toBeLessThan(100);
});

describe('in fields that the reader only skips', () => {
  const name = 'Holder';
  const keep = { name: 'keep', type: 'string', default: '' };
  const tags = { name: 'tags', type: { type: 'array' as const, items: 'string' } };
  const labels = { name: 'labels', type: { type: 'map' as const, values: 'string' } };
  const older = parseSchema({ type: 'record', name, fields: [tags, labels, keep] });
  const codec = createCodec(parseSchema({ type: 'record', name, fields: [keep] }), [older]);
  const header = createCodec(older, []).encode({ tags: [], labels: {}, keep: '' }).subarray(0, 10);
  const noTags = Buffer.from([0]);

  test('an impossible count is malformed at once', () => {
    for (const bytes of hostile) {
      for (const body of [bytes, Buffer.concat([noTags, bytes])]) {
        const record = Buffer.concat([header, body]);
        expect(() => codec.decode(record)).toThrow(expect.objectContaining({ code: 'BW_AVRO_MALFORMED' }));
      }
    }
  });

  test('a negative block size does not lead backwards', () => {
    const record = Buffer.concat([header, backwardsBlock, Buffer.from([0, 0])]);
    expect(codec.decode(record)).toEqual({ keep: '' });
  });
});

test('blocks written with their size, and in several parts, are read', () => {
  const parts = Buffer.from([0x01, 0x04, 0x02, 0x61, 0x02, 0x02, 0x62, 0x00]);
  expect(list.fromBuffer(parts)).toEqual(['a', 'b']);
});

test('a map key named __proto__ survives and pollutes nothing', () => {
  const value = JSON.parse('{"__proto__": 1, "other": 2}', (_, member: unknown) =>
    typeof member === 'number' ? BigInt(member) : member,
  );
  const copy: unknown = map.fromBuffer(map.toBuffer(value));
  expect(Object.entries(Object(copy))).toEqual([
    ['__proto__', 1n],
    ['other', 2n],
  ]);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
});
