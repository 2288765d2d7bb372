import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlacedLeaf } from '../incident/report.ts';
import { Sampler, seedOf } from './sample.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function leafAt(index: number): PlacedLeaf {
  const type = ['access.read', 'login.failed', 'audit.gap'][index % 3] ?? '';
  return {
    log: 'acme-2026q4',
    index,
    leaf_hash: sha256(`leaf ${index}`),
    leaf: {
      facts: {},
      outcome: 'success',
      producer: 'p',
      received_us: '0',
      sequence: '0',
      tenant: 'acme',
      time_us: '0',
      type,
    },
  };
}

const leaves = Array.from({ length: 300 }, (_, index) => leafAt(index));
const reads = { control: 'x/1', title: 'Reads', selections: [{ types: ['access.read'] }] };
const all = { control: 'x/2', title: 'All', selections: [{ types: ['access.*'] }, { types: ['login.*'] }] };
const none = { control: 'x/3', title: 'None', selections: [] };

test('the seed is over the heads of the logs and a word of the auditor', () => {
  const logs = [
    { log: 'a-2026q3', size: 7, root: 'AA==' },
    { log: 'a-2026q4', size: 9, root: 'BB==' },
  ];
  expect(seedOf(logs, 'my word')).toBe(sha256('a-2026q3 7 AA==\na-2026q4 9 BB==\nmy word\n'));
});

test('of what is evidence for a control, the lowest hashes over seed and leaf are drawn, whatever the order', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(leaves, { minLength: leaves.length }),
      fc.integer({ min: 1, max: 150 }),
      (shuffled, count) => {
        const sampler = new Sampler([reads, all, none], 'seed', count);
        for (const leaf of shuffled) sampler.add(leaf);
        const [ofReads, ofAll, ofNone] = sampler.samples();
        const ranked = leaves
          .filter(({ leaf }) => leaf.type === 'access.read')
          .map(({ leaf_hash, index }) => ({ rank: sha256(`seed${leaf_hash}`), index }))
          .sort((a, b) => (a.rank < b.rank ? -1 : 1))
          .slice(0, count);
        expect(ofReads?.population).toBe(100);
        expect(ofReads?.sample.map(({ index }) => index)).toEqual(ranked.map(({ index }) => index));
        expect(ofAll?.population).toBe(200);
        expect(ofNone).toMatchObject({ population: 0, sample: [] });
      },
    ),
    { numRuns: 20 },
  );
});

test('another word, another sample', () => {
  const drawn = ['one', 'two'].map((word) => {
    const sampler = new Sampler([reads], seedOf([], word), 5);
    for (const leaf of leaves) sampler.add(leaf);
    return sampler.samples()[0]?.sample.map(({ index }) => index);
  });
  expect(drawn[0]).not.toEqual(drawn[1]);
});
