import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLeaf, type Leaf } from '../records/leaf.ts';
import { type CheckedLeaf, parseLeaf, readLeaf, stageCounts } from './leaf-text.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 300);
const digits = fc.nat().map(String);
const plain = fc.stringMatching(/^[ -~]{0,12}$/);
const word = fc.oneof(
  { weight: 4, arbitrary: plain },
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary' }),
);
const factName = fc.oneof(
  fc.constantFrom('ok', 'records', 'duplicate', 'drop.', 'drop.noise', 'reject.malformed', 'okay', 'topic'),
  word,
);
const factValue = fc.oneof(digits, word, fc.constantFrom('007', '-1', '1e3', 'ok', '":"', '\\'));
const leaves: fc.Arbitrary<Leaf> = fc.record({
  body: fc.option(
    fc.record({ algorithm: fc.constant('A256GCM'), bytes: fc.nat(), commitment: word, key: word }),
    { nil: undefined },
  ),
  facts: fc.dictionary(factName, factValue, { maxKeys: 8 }),
  log: word,
  outcome: fc.constantFrom('success', 'failure', 'unknown'),
  producer: word,
  received_us: digits,
  sequence: digits,
  source: fc.option(fc.record({ topic: word, partition: fc.nat(), offset: digits }), { nil: undefined }),
  tenant: word,
  time_us: digits,
  type: word,
});

/** All that is checked of a leaf. */
function seen(leaf: CheckedLeaf | undefined): unknown {
  if (leaf === undefined) return undefined;
  const { type, log, producer, sequence, received_us, facts } = leaf;
  const counts = stageCounts(leaf)?.toSorted((a, b) => (a.fact < b.fact ? -1 : 1));
  return { type, log, producer, sequence, received_us, facts: { ...facts }, counts };
}

describe('the fast way and the slow way', () => {
  test('read the same of every leaf', () => {
    fc.assert(
      fc.property(leaves, (leaf) => {
        const bytes = encodeLeaf(leaf);
        expect(seen(readLeaf(bytes))).toEqual(seen(parseLeaf(bytes)));
        expect(parseLeaf(bytes)).toBeDefined();
      }),
      { numRuns: runs },
    );
  });

  test('read the same of every leaf that was changed', () => {
    const change = fc.record({
      at: fc.nat(),
      removed: fc.nat({ max: 3 }),
      added: fc.string({ maxLength: 3 }),
    });
    fc.assert(
      fc.property(leaves, change, (leaf, { at, removed, added }) => {
        const text = encodeLeaf(leaf).toString();
        const start = at % text.length;
        const bytes = Buffer.from(text.slice(0, start) + added + text.slice(start + removed));
        const [fast, slow] = [readLeaf(bytes), parseLeaf(bytes)];
        expect(fast === undefined).toBe(slow === undefined);
        if (fast !== undefined) expect(fast).toMatchObject({ type: slow?.type, producer: slow?.producer });
        expect(fast?.facts).toEqual(slow?.facts);
      }),
      { numRuns: runs },
    );
  });
});

function leafOf(facts: string): Buffer {
  return Buffer.from(
    `{"facts":${facts},"log":"l","outcome":"success","producer":"p","received_us":"1","sequence":"0",` +
      '"tenant":"t","time_us":"1","type":"batch.ingest","version":1}',
  );
}

describe('the counts of a stage', () => {
  test.each([
    ['{"drop.noise":"2","ok":"3","records":"5"}', { 'drop.noise': 2n, ok: 3n, records: 5n }],
    ['{"k":"records","ok":"5"}', { ok: 5n }],
    ['{"ok":"records"}', undefined],
    ['{"ok":"5x"}', undefined],
    ['{"ok":"05"}', undefined],
    ['{"ok":""}', undefined],
    ['{"ok":"123456789012345678901"}', undefined],
    ['{"drop.\\u00e9":"1","ok":"\\u0031"}', { 'drop.é': 1n, ok: 1n }],
  ])('of %s', (facts, expected) => {
    const leaf = readLeaf(leafOf(facts));
    const counts = leaf && stageCounts(leaf);
    expect(counts && Object.fromEntries(counts.map(({ fact, count }) => [fact, count]))).toEqual(expected);
  });

  test('are refused when one comes twice or out of order', () => {
    for (const facts of ['{"ok":"5","ok":"6"}', '{"records":"5","ok":"5"}']) {
      const leaf = readLeaf(leafOf(facts));
      expect(leaf && stageCounts(leaf), facts).toBeUndefined();
    }
  });
});

test.each([
  ['a comma too many', '{"a":"b",}'],
  ['a fact that is a number', '{"a":1}'],
  ['no facts', '[]'],
])('facts with %s are no leaf', (_what, facts) => {
  expect(readLeaf(leafOf(facts))).toBeUndefined();
});
