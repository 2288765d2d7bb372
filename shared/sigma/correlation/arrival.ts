import type { Signal } from '#shared/avro/types.generated.ts';

/** A signal on its way into its group. What it needs is looked up for several, before the first of them is placed. */
export interface Arrival {
  readonly signal: Signal;
  /** The number of its source. */
  readonly source: number;
  /** The key of its group … */
  readonly key: string;
  /** … and its number, once it was looked up. */
  number: number;
  /** What the scout read of it. */
  read: number;
}
