/** Where to read on in one topic. */
export interface TopicPosition {
  readonly topic: string;
  /** The next offset to read. */
  readonly offset: bigint;
}

/** The state of one partition, and the positions up to which it holds everything: saved and read as one. */
export interface Checkpoint {
  readonly partition: number;
  readonly positions: readonly TopicPosition[];
  /** Signals from here on are shown to the correlation rules again, when the checkpoint holds no state that they can use. */
  readonly recall_from: bigint;
  /** Next offset of the output when this was saved: what is behind it was written later. */
  readonly output_offset: bigint;
  /** Restarts that this state went through. */
  readonly restarts: bigint;
  /** `saveFold` of each scope. */
  readonly scopes: readonly string[];
}

/**
 * Where checkpoints are kept. Losing them costs time, never a right answer: state is computed again from Kafka.
 * Adapters: Redis and memory; one contract suite runs on both.
 */
export interface CheckpointStore {
  /**
   * The last checkpoint of a partition; undefined when there is none.
   * @throws BW_CHECKPOINT_CORRUPT, BW_CHECKPOINT_UNAVAILABLE
   */
  load(partition: number): Promise<Checkpoint | undefined>;
  /**
   * Replaces the checkpoint of its partition, as a whole or not at all.
   * @throws BW_CHECKPOINT_TOO_LARGE, BW_CHECKPOINT_UNAVAILABLE
   */
  save(checkpoint: Checkpoint): Promise<void>;
  close(): Promise<void>;
}
