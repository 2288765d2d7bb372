import type { Signal } from '#shared/avro/types.generated.ts';
import type { Condition } from '../rule/model.ts';
import type { Definition } from './definition.ts';
import { createSourceCounts, sourceCondition } from './presence.ts';
import type { Aggregate } from './window-aggregate.ts';

/**
 * Sources one after the other. A step must be strictly later than the one before: hits of the same nanosecond are in
 * no order, so one event can never fill two steps.
 */
export function createOrderCheck(
  definition: Definition,
  within: (value: number) => boolean,
): () => Aggregate {
  const { rule, sources, chain } = definition;
  const { condition } = rule;
  const check = condition === undefined ? byLength(definition, within) : byCondition(definition, condition);
  const least = condition === undefined ? leastSources(chain, within) : 1;
  return () => {
    const counts = createSourceCounts(sources.size);
    return {
      add: (hit) => counts.add(definition.sourceOf(hit)),
      remove: (hit) => counts.remove(definition.sourceOf(hit)),
      // A chain needs its sources in the window; only then is it worth looking at their order.
      holds: (hits, low, high) =>
        counts.distinct() >= least && check(hits.slice(low, high + 1), counts.isThere),
    };
  };
}

type WindowCheck = (hits: readonly Signal[], isThere: (source: number) => boolean) => boolean;

/** Distinct sources without which no chain is long enough. */
function leastSources(chain: readonly number[], within: (value: number) => boolean): number {
  const length = chain.findIndex((_, index) => within(index + 1)) + 1;
  return new Set(chain.slice(0, length)).size === length ? length : 1;
}

function byLength({ chain, sourceOf }: Definition, within: (value: number) => boolean): WindowCheck {
  return (hits) => within(longestChain(chain, hits, sourceOf));
}

/**
 * A condition in words: some set of sources fulfils it and can be found in order. What stands under `not` counts as
 * there when it is anywhere in the window.
 */
function byCondition(definition: Definition, condition: Condition): WindowCheck {
  const holds = sourceCondition(condition, definition);
  const negated = new Set(namesUnderNot(condition, false).map((name) => definition.numberOf(name)));
  const positive = [...new Set(definition.chain)].filter((source) => !negated.has(source));
  const subsets = Array.from({ length: 2 ** positive.length }, (_, bits) =>
    positive.filter((_source, index) => ((bits >> index) & 1) === 1),
  );
  const chains = subsets.map((subset) => ({
    members: new Set(subset),
    steps: definition.chain.filter((source) => subset.includes(source)),
  }));
  return (hits, isThere) =>
    chains.some(
      ({ members, steps }) =>
        holds((source) => (negated.has(source) ? isThere(source) : members.has(source))) &&
        longestChain(steps, hits, definition.sourceOf) === steps.length,
    );
}

function namesUnderNot(condition: Condition, under: boolean): readonly string[] {
  switch (condition.kind) {
    case 'identifier':
      return under ? [condition.name] : [];
    case 'not':
      return namesUnderNot(condition.term, !under);
    case 'and':
    case 'or':
      return condition.terms.flatMap((term) => namesUnderNot(term, under));
    case 'of':
      return [];
  }
}

/** Length of the longest chain of hits, each strictly later than the one before, that follows the steps; some may be left out. */
function longestChain(
  steps: readonly number[],
  hits: readonly Signal[],
  sourceOf: (hit: Signal) => number,
): number {
  /** Longest chain that ends with each step, among hits before the present time, and with them. */
  const before = new Int32Array(steps.length);
  const now = new Int32Array(steps.length);
  let time_ns: bigint | undefined;
  for (const hit of hits) {
    if (hit.time_ns !== time_ns) before.set(now);
    time_ns = hit.time_ns;
    const source = sourceOf(hit);
    let longest = 0;
    for (let step = 0; step < steps.length; step += 1) {
      if (steps[step] === source) now[step] = Math.max(now[step] ?? 0, longest + 1);
      longest = Math.max(longest, before[step] ?? 0);
    }
  }
  return Math.max(0, ...now);
}
