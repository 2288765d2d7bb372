import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeLeaf, type Leaf, parseLeaf, splitFacts } from './leaf.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const awkward = fc.oneof(
  text,
  fc.constantFrom('10', '9', '__proto__', 'é', '\u2028', '"\\', '\u0000', '😀', 'ﬁ'),
);
const digits = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);

const leaves: fc.Arbitrary<Leaf> = fc.record(
  {
    body: fc.record({
      algorithm: fc.constant('A256GCM' as const),
      bytes: fc.nat(),
      commitment: text,
      key: text,
    }),
    facts: fc.dictionary(awkward, awkward, { noNullPrototype: true }),
    log: awkward,
    outcome: fc.constantFrom('success' as const, 'failure' as const, 'unknown' as const),
    producer: awkward,
    received_us: digits,
    sequence: digits,
    source: fc.record({ topic: text, partition: fc.nat(), offset: digits }),
    tenant: awkward,
    time_us: digits,
    type: awkward,
  },
  {
    requiredKeys: [
      'facts',
      'log',
      'outcome',
      'producer',
      'received_us',
      'sequence',
      'tenant',
      'time_us',
      'type',
    ],
  },
);

test('a leaf is canonical JSON (RFC 8785) as it is written', () => {
  fc.assert(
    fc.property(leaves, (leaf) => {
      const bytes = encodeLeaf(leaf).toString();
      expect(bytes).toBe(canonicalize(JSON.parse(bytes)));
    }),
    { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 1000) },
  );
});

test('a leaf reads back as it was', () => {
  fc.assert(
    fc.property(leaves, (leaf) => {
      // The catalogue has no such fact, and a reader drops it.
      fc.pre(!Object.hasOwn(leaf.facts, '__proto__'));
      expect(parseLeaf(encodeLeaf(leaf))).toEqual({ ...leaf, version: 1 });
    }),
  );
});

test('a leaf shows only facts that the catalogue knows and that look like machine facts', () => {
  const facts = {
    topic: 'raw.runtime',
    records: '12',
    'drop.late': '1',
    'drop.': '1',
    root: 'not a hash',
    actor: 'alice@example.com',
    comment: 'seen by Alice',
  };
  expect(splitFacts('batch.ingest', facts)).toEqual({
    shown: { topic: 'raw.runtime', records: '12', 'drop.late': '1' },
    hidden: { 'drop.': '1', root: 'not a hash', actor: 'alice@example.com', comment: 'seen by Alice' },
  });
  expect(splitFacts('no.such.type', facts)).toEqual({ shown: {}, hidden: facts });
  expect(splitFacts('constructor', { constructor: 'x' })).toEqual({
    shown: {},
    hidden: { constructor: 'x' },
  });
});
