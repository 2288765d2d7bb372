import fc from 'fast-check';
import type { Decision, Fact, Signal } from '#shared/avro/types.generated.ts';
import type { Changes } from '../core/fold.ts';
import type { World } from './worlds.ts';

/** What stands in a store that takes every change. */
export class Store {
  readonly incidents = new Map<string, { readonly status: string; readonly document: string }>();
  readonly timeline = new Map<string, string>();

  take({ incidents, timeline }: Pick<Changes, 'incidents' | 'timeline'>): void {
    for (const { id, status, document } of incidents) this.incidents.set(id, { status, document });
    for (const { id, document } of timeline) {
      if (document === undefined) this.timeline.delete(id);
      else this.timeline.set(id, document);
    }
  }

  /** Incidents that are shown; what was merged or withdrawn stays in the store as such. */
  shown(): ReadonlyMap<string, { readonly status: string; readonly document: string }> {
    return new Map(
      [...this.incidents].filter(([, { status }]) => status !== 'merged' && status !== 'candidate'),
    );
  }
}

/** One input, of whatever kind. */
export type Input = { readonly signal: Signal } | { readonly fact: Fact } | { readonly decision: Decision };

export interface Batch {
  readonly signals: readonly Signal[];
  readonly facts: readonly Fact[];
  readonly decisions: readonly Decision[];
}

export function inputsOf({ signals, facts, decisions }: World): Input[] {
  return [
    ...signals.map((signal) => ({ signal })),
    ...facts.map((fact) => ({ fact })),
    ...decisions.map((decision) => ({ decision })),
  ];
}

export function batchOf(inputs: readonly Input[]): Batch {
  return {
    signals: inputs.flatMap((input) => ('signal' in input ? [input.signal] : [])),
    facts: inputs.flatMap((input) => ('fact' in input ? [input.fact] : [])),
    decisions: inputs.flatMap((input) => ('decision' in input ? [input.decision] : [])),
  };
}

/** All inputs in a random order, some twice, in batches of random sizes. */
export function playArb(world: World): fc.Arbitrary<readonly (readonly Input[])[]> {
  const inputs = inputsOf(world);
  return fc
    .record({
      again: fc.subarray(inputs),
      order: fc.infiniteStream(fc.nat()),
      sizes: fc.infiniteStream(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 }))),
    })
    .map(({ again, order, sizes }) => {
      const rest = [...inputs, ...again].map((input) => ({ input, key: order.next().value ?? 0 }));
      const shuffled = rest.sort((a, b) => a.key - b.key).map(({ input }) => input);
      const batches: Input[][] = [];
      while (shuffled.length > 0) batches.push(shuffled.splice(0, sizes.next().value ?? 1));
      return batches;
    });
}
