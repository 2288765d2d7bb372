import type { Signal } from '#shared/avro/types.generated.ts';

/** What is known of a window while its ends move; hits enter and leave in any order. */
export interface Aggregate {
  add(hit: Signal): void;
  remove(hit: Signal): void;
  /** Whether the condition holds for the window, which is `hits[low] … hits[high]`. */
  holds(hits: readonly Signal[], low: number, high: number): boolean;
}
