import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignPartitions, type Member } from './assignment.ts';

const groups = fc.record({
  members: fc
    .uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })
    .chain((ids) =>
      fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), owned: fc.array(fc.nat(15)) }))),
    ),
  partition_count: fc.integer({ min: 1, max: 12 }),
});

function ownedBy(members: readonly Member[], partition_count: number): readonly Member[] {
  return [...assignPartitions(members, partition_count)].map(([id, owned]) => ({ id, owned }));
}

test('every partition has one owner and the division is even, whatever members claim', () => {
  fc.assert(
    fc.property(groups, ({ members, partition_count }) => {
      const result = ownedBy(members, partition_count);
      const all = result.flatMap(({ owned }) => owned).toSorted((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: partition_count }, (_, partition) => partition));
      const sizes = result.map(({ owned }) => owned.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('nothing moves while the members stay the same', () => {
  fc.assert(
    fc.property(groups, ({ members, partition_count }) => {
      const first = ownedBy(members, partition_count);
      expect(ownedBy(first, partition_count)).toEqual(first);
    }),
  );
});

test('a new member takes only its share', () => {
  fc.assert(
    fc.property(groups, ({ members, partition_count }) => {
      const before = ownedBy(members, partition_count);
      const after = ownedBy([...before, { id: '~new', owned: [] }], partition_count);
      for (const { id, owned } of before) {
        const kept = after.find((member) => member.id === id)?.owned ?? [];
        expect(owned).toEqual(expect.arrayContaining([...kept]));
      }
    }),
  );
});

test('the order of members does not matter', () => {
  const members = ['c', 'a', 'b'].map((id) => ({ id, owned: [] }));
  expect(assignPartitions(members, 6)).toEqual(assignPartitions(members.toReversed(), 6));
});
