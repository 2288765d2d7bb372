import { expect, test } from 'vitest';
import { encodeLeaf } from '../records/leaf.ts';
import { LeafChecker } from './leaves.ts';

function leaf(sequence: number, type: string, facts: Record<string, string> = {}, producer = 'p'): Buffer {
  return encodeLeaf({
    facts,
    log: 'acme-2026q4',
    outcome: 'success',
    producer,
    received_us: '1',
    sequence: String(sequence),
    tenant: 'acme',
    time_us: '1',
    type,
  });
}

function batch(sequence: number): Buffer {
  return leaf(sequence, 'batch.ingest', { records: '3', ok: '2', 'drop.late': '1' });
}

function totals(sequence: number, records: number, ok: number, late: number): Buffer {
  const facts = { stage: 'batch.ingest', records: `${records}`, ok: `${ok}`, 'drop.late': `${late}` };
  return leaf(sequence, 'audit.totals', facts);
}

/** What is wrong with leaves that begin at an index. */
function wrongFrom(first: number, leaves: readonly Buffer[]): (string | undefined)[] {
  const checker = new LeafChecker('acme-2026q4');
  return leaves.map((each, offset) => checker.check(each, first + offset));
}

test('from the first leaf on, totals and counts must be those of the leaves', () => {
  expect(wrongFrom(0, [batch(0), totals(1, 3, 2, 1)])).toEqual([undefined, undefined]);
  expect(wrongFrom(0, [batch(0), totals(1, 6, 4, 2)])[1]).toContain(
    'says drop.late 2, the batches add up to 1',
  );
  expect(wrongFrom(0, [batch(0), leaf(1, 'audit.counts', { 'count.batch.ingest': '2' })])[1]).toContain(
    'but there are 1',
  );
  expect(wrongFrom(0, [leaf(7, 'access.read')])[0]).toContain('jumps from 0 to 7');
});

test('after pruned leaves, numbers go on from what is there, and totals from the first of them', () => {
  const counts = (sequence: number, count: number): Buffer =>
    leaf(sequence, 'audit.counts', { 'count.batch.ingest': String(count) });
  const intact = [
    batch(70),
    totals(71, 300, 200, 100),
    counts(72, 100),
    batch(73),
    totals(74, 303, 202, 101),
  ];
  expect(wrongFrom(512, [...intact, counts(75, 101)])).toEqual(intact.map(() => undefined).concat(undefined));
  expect(wrongFrom(512, [...intact, counts(75, 102)]).at(-1)).toContain('but there are 101');
  expect(wrongFrom(512, [...intact.slice(0, 4), totals(74, 306, 204, 102)]).at(-1)).toContain(
    'says drop.late 102, the batches add up to 101',
  );
  expect(wrongFrom(512, [batch(70), batch(72)])[1]).toContain('jumps from 71 to 72');
  expect(wrongFrom(512, [totals(1, 5, 1, 1)])[0]).toContain('5 records went in, 2 are accounted for');
});

test('a stage that is new after pruned leaves is counted from its first total on', () => {
  const other = leaf(2, 'audit.totals', { stage: 'batch.index', records: '9', ok: '9' });
  const index = leaf(3, 'batch.index', { records: '1', ok: '1' });
  const next = (records: string): Buffer =>
    leaf(4, 'audit.totals', { stage: 'batch.index', records, ok: records });
  expect(wrongFrom(256, [totals(1, 300, 200, 100), other, index, next('10')])).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
  expect(wrongFrom(256, [totals(1, 300, 200, 100), other, index, next('11')])[3]).toContain('add up to 10');
});

test('what else is wrong with a leaf is asked for each of them', () => {
  const seen: number[] = [];
  const checker = new LeafChecker('acme-2026q4', (_leaf, index) => {
    seen.push(index);
    return index === 1 ? 'is odd' : undefined;
  });
  expect([checker.check(leaf(0, 'access.read'), 0), checker.check(leaf(1, 'access.read'), 1)]).toEqual([
    undefined,
    'is odd',
  ]);
  expect(seen).toEqual([0, 1]);
});
