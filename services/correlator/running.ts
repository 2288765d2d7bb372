import type { ReadBatch, Shard } from './shard.ts';

/** What an earlier run wrote after the state from which this one goes on. */
export interface CatchUp {
  /** Positions up to which that run may have read. */
  readonly positions: ReadonlyMap<string, bigint>;
  /** The highest version that it wrote. */
  readonly write_version: bigint;
}

/** A partition at work. */
export interface Running {
  readonly partition: number;
  readonly shard: Shard;
  readonly inbox: Waiting[];
  /** Until this run knows all that an earlier one knew: then everything is written again. */
  catch_up: CatchUp | undefined;
  working: Promise<void> | undefined;
  /** When it was last shown, and last saved. */
  shown_ms: number;
  saved_ms: number;
  /** Something was taken since it was last shown, and last saved. */
  unshown: boolean;
  changed: boolean;
  /** The state is ahead of what was written: it must not be saved. */
  broken: boolean;
}

/** A batch that waits to be taken. */
export interface Waiting extends ReadBatch {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Whether everything was taken that an earlier run may have taken. */
export function isCaughtUp({ positions }: CatchUp, shard: Shard): boolean {
  return [...positions].every(([topic, position]) => shard.position(topic) >= position);
}
