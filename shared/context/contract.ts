import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { intervals_per_key_max } from './intervals.ts';
import type { ContextEntry, ContextInterval, ContextStore } from './port.ts';

export interface ContextHarness {
  readonly name: string;
  open(): ContextStore;
  /** How many shuffles are tried. */
  readonly property_runs: number;
}

/** What every adapter of the context port has to do; run by `memory.test.ts` and `redis.servers.test.ts`. */
export function contextContract(harness: ContextHarness): void {
  describe(`the context contract on ${harness.name}`, () => {
    const store = harness.open();
    const run = `${Date.now().toString(36)}|`;
    let keys = 0;
    afterAll(() => store.close());

    const newKey = (): string => `${run}ip:${keys++}`;
    const readOne = async (key: string): Promise<readonly ContextInterval[]> =>
      (await store.read([key]))[0] ?? [];

    test('nothing is known of an unknown key', async () => {
      expect(await store.read([newKey(), newKey()])).toEqual([[], []]);
      expect(await store.read([])).toEqual([]);
      await store.write([]);
    });

    test('what was written is read, to the nanosecond, one answer a key in order', async () => {
      const [a, b] = [newKey(), newKey()];
      const first = {
        from_ns: 1_795_000_000_123_456_789n,
        to_ns: undefined,
        value: { pod: 'a', node: 'n\n"é' },
      };
      const second = { from_ns: -5n, to_ns: 7n, value: {} };
      await store.write([
        { key: a, ...first },
        { key: b, ...second },
      ]);
      expect(await store.read([b, a, 'unknown', b])).toEqual([[second], [first], [], [second]]);
    });

    test('the same value merges to the earliest start and the earliest known end', async () => {
      const key = newKey();
      const value = { pod: 'a', node: 'n' };
      await store.write([{ key, from_ns: 50n, to_ns: undefined, value }]);
      await store.write([{ key, from_ns: 60n, to_ns: 90n, value: { node: 'n', pod: 'a' } }]);
      expect(await readOne(key)).toEqual([{ from_ns: 50n, to_ns: 90n, value }]);
      await store.write([{ key, from_ns: 40n, to_ns: 95n, value }]);
      await store.write([{ key, from_ns: 70n, to_ns: undefined, value }]);
      expect(await readOne(key)).toEqual([{ from_ns: 40n, to_ns: 90n, value }]);
    });

    test('different values stay apart, the newest first', async () => {
      const key = newKey();
      await store.write(
        [10n, 30n, 20n].map((from_ns) => ({ key, from_ns, to_ns: undefined, value: { pod: `p${from_ns}` } })),
      );
      expect((await readOne(key)).map(({ from_ns }) => from_ns)).toEqual([30n, 20n, 10n]);
    });

    test('of too many values the oldest are forgotten', async () => {
      const key = newKey();
      const count = intervals_per_key_max + 10;
      const entries = Array.from({ length: count }, (_, index) => ({
        key,
        from_ns: BigInt(index),
        to_ns: undefined,
        value: { pod: String(index) },
      }));
      await store.write(entries);
      const read = await readOne(key);
      expect(read).toHaveLength(intervals_per_key_max);
      expect(read.at(-1)?.from_ns).toBe(10n);
    });

    test('the order and the number of writes do not matter', async () => {
      const said = fc.record({
        key: fc.constantFrom('a', 'b', 'c'),
        from_ns: fc.bigInt({ min: 0n, max: 20n }),
        to_ns: fc.option(fc.bigInt({ min: 0n, max: 20n }), { nil: undefined }),
        value: fc.record({ pod: fc.constantFrom('x', 'y', 'z') }),
      });
      const story = fc.array(said, { maxLength: 12 }).chain((entries) =>
        fc.record({
          entries: fc.constant(entries),
          retold: fc.shuffledSubarray([...entries, ...entries], { minLength: entries.length * 2 }),
          cut: fc.nat(entries.length * 2),
        }),
      );
      await fc.assert(
        fc.asyncProperty(story, async ({ entries, retold, cut }) => {
          const [one, other] = [newKey(), newKey()];
          const under = (prefix: string, list: readonly ContextEntry[]) =>
            list.map((entry) => ({ ...entry, key: prefix + entry.key }));
          for (const entry of entries) await store.write(under(one, [entry]));
          await store.write(under(other, retold.slice(0, cut)));
          await store.read(['a', 'b', 'c'].map((key) => other + key));
          await store.write(under(other, retold.slice(cut)));
          const [first, second] = [one, other].map((prefix) => ['a', 'b', 'c'].map((key) => prefix + key));
          const known = await store.read(first ?? []);
          expect(await store.read(second ?? [])).toEqual(known);
          expect(known).toEqual(
            ['a', 'b', 'c'].map((key) => expected(entries.filter((entry) => entry.key === key))),
          );
        }),
        { numRuns: harness.property_runs },
      );
    });

    test('large batches pass', async () => {
      const entries = Array.from({ length: 5000 }, (_, index) => ({
        key: newKey(),
        from_ns: BigInt(index),
        to_ns: undefined,
        value: { pod: String(index) },
      }));
      await store.write(entries);
      const answers = await store.read(entries.map(({ key }) => key));
      expect(answers.map(([interval]) => interval?.from_ns)).toEqual(entries.map(({ from_ns }) => from_ns));
    });
  });
}

/** What the port's description says, told in the plainest way. */
function expected(entries: readonly ContextEntry[]): readonly ContextInterval[] {
  const values = new Map(entries.map(({ value }) => [JSON.stringify(value), value]));
  const intervals = [...values].map(([text, value]) => {
    const same = entries.filter((entry) => JSON.stringify(entry.value) === text);
    const ends = same.map(({ to_ns }) => to_ns).filter((to_ns) => to_ns !== undefined);
    return {
      from_ns: same.map(({ from_ns }) => from_ns).reduce((a, b) => (a < b ? a : b)),
      to_ns: ends.length === 0 ? undefined : ends.reduce((a, b) => (a < b ? a : b)),
      value,
    };
  });
  return intervals.toSorted((a, b) =>
    a.from_ns === b.from_ns
      ? JSON.stringify(a.value) < JSON.stringify(b.value)
        ? -1
        : 1
      : a.from_ns > b.from_ns
        ? -1
        : 1,
  );
}
