import type { ReadBatch, Shard } from './shard.ts';

/** A partition at work. */
export interface Running {
  readonly partition: number;
  readonly shard: Shard;
  readonly inbox: Waiting[];
  /** Positions behind which all that an earlier run may have written is consumed: then everything is written again. */
  catch_up: ReadonlyMap<string, bigint> | undefined;
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
export function isCaughtUp({ catch_up, shard }: Running): boolean {
  return catch_up !== undefined && [...catch_up].every(([topic, high]) => shard.position(topic) >= high);
}
