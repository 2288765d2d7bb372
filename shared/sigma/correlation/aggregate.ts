import type { Signal } from '#shared/avro/types.generated.ts';
import { decimalOf } from '../decimal.ts';
import { holds } from '../rule/bounds.ts';
import type { Bound } from '../rule/model.ts';
import type { Definition } from './definition.ts';
import { createOrderCheck } from './order.ts';
import { happeningOf } from './order-of-signals.ts';
import { createPresenceCheck } from './presence.ts';
import type { Aggregate } from './window-aggregate.ts';

/** Makes the aggregates of a rule; each starts with an empty window. */
export function aggregatesOf(definition: Definition): () => Aggregate {
  const { rule, sources } = definition;
  const within = (value: number): boolean => rule.bounds.every((bound: Bound) => holds(bound, value));
  switch (rule.type) {
    case 'event_count':
      return sources.size === 1 ? () => signalCount(within) : () => distinctCount(happeningOf, within);
    case 'value_count':
      return () => distinctCount(definition.valueOf, within);
    case 'value_sum':
      return () => numbers(definition, (values) => (values.length === 0 ? undefined : sum(values)), within);
    case 'value_avg':
      return () =>
        numbers(
          definition,
          (values) => (values.length === 0 ? undefined : sum(values) / values.length),
          within,
        );
    case 'value_median':
      return () => numbers(definition, (values) => percentile(values, 50), within);
    case 'value_percentile':
      return () => numbers(definition, (values) => percentile(values, rule.percentile), within);
    case 'temporal':
      return createPresenceCheck(definition, within);
    case 'temporal_ordered':
      return createOrderCheck(definition, within);
  }
}

/** One signal a happening: the length of the window is the count. */
function signalCount(within: (value: number) => boolean): Aggregate {
  return { add: noWork, remove: noWork, holds: (_hits, low, high) => within(high - low + 1) };
}

function noWork(): void {}

function distinctCount(
  keyOf: (hit: Signal) => string | undefined,
  within: (value: number) => boolean,
): Aggregate {
  const counts = new Map<string, number>();
  return {
    add(hit) {
      const key = keyOf(hit);
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    remove(hit) {
      const key = keyOf(hit);
      if (key === undefined) return;
      const left = (counts.get(key) ?? 0) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    },
    holds: () => within(counts.size),
  };
}

/**
 * Computed from the window each time, in the order of its hits: floating-point sums must not depend on how the window
 * came to be.
 */
function numbers(
  { valueOf }: Definition,
  compute: (values: readonly number[]) => number | undefined,
  within: (value: number) => boolean,
): Aggregate {
  return {
    add: noWork,
    remove: noWork,
    holds(hits, low, high) {
      const values: number[] = [];
      for (let index = low; index <= high; index += 1) {
        const hit = hits[index];
        const text = hit && valueOf(hit);
        const value = text === undefined ? undefined : decimalOf(text);
        if (value !== undefined) values.push(Number(value));
      }
      const result = compute(values);
      return result !== undefined && within(result);
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The percentile by linear interpolation between the closest ranks, both ends included. */
function percentile(values: readonly number[], percent: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank - Math.floor(rank));
}
