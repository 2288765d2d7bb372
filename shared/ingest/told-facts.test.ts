import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '#shared/avro/types.generated.ts';
import { ToldFacts } from './told-facts.ts';

const anyFact: fc.Arbitrary<Fact> = fc.record({
  id: fc.constant('id'),
  scope: fc.constantFrom('one', 'two'),
  a: fc.constantFrom('ip:10.0.0.1', 'ip:10.0.0.2'),
  relation: fc.constant<'is'>('is'),
  b: fc.constantFrom('pod:p', 'pod:q'),
  from_ns: fc.bigInt({ min: 0n, max: 5n }),
  to_ns: fc.option(fc.bigInt({ min: 6n, max: 9n })),
  confidence: fc.integer({ min: 0, max: 3 }),
  source_hash: fc.string(),
});

/** What facts say together: the merge that readers do. */
function merged(facts: readonly Fact[]): Map<string, string> {
  const groups = Map.groupBy(facts, ({ scope, a, b }) => `${scope} ${a} ${b}`);
  return new Map(
    [...groups].map(([key, some]) => {
      const from = some.map((fact) => fact.from_ns).reduce((x, y) => (x < y ? x : y));
      const ends = some.flatMap((fact) => (fact.to_ns === null ? [] : [fact.to_ns]));
      const to = ends.reduce<bigint | null>((x, y) => (x === null || y < x ? y : x), null);
      return [key, `${from} ${to} ${Math.max(...some.map((fact) => fact.confidence))}`];
    }),
  );
}

describe('ToldFacts', () => {
  it('what is told says the same as all of it, in any order', () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 30 }), (facts) => {
        const told = new ToldFacts();
        expect(merged(facts.filter((fact) => told.isNews(fact, 0)))).toEqual(merged(facts));
      }),
    );
  });

  it('leaves repeats out for a while, and then tells them again', () => {
    const fact: Fact = {
      id: '',
      scope: '',
      a: 'ip:1',
      relation: 'is',
      b: 'pod:p',
      from_ns: 1n,
      to_ns: null,
      confidence: 1,
      source_hash: '',
    };
    const told = new ToldFacts();
    const minutes = [0, 1, 9, 11, 12];
    expect(minutes.map((minute) => told.isNews(fact, minute * 60_000))).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
  });
});
