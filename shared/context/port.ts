/**
 * The context port: what is known of images and identities as of a time, shared by the family services.
 * Adapters: Redis (with a local LRU; one pipelined read a batch) and memory; one contract suite runs on both.
 */

/** One known interval: `from_ns` inclusive, `to_ns` exclusive, open while undefined. */
export interface ContextInterval {
  readonly from_ns: bigint;
  readonly to_ns: bigint | undefined;
  /** What the key was in that interval, JSON-compatible and small. */
  readonly value: Readonly<Record<string, string>>;
}

/** A statement to remember. The same `(key, value)` merges: earliest `from_ns`, earliest known `to_ns`. */
export interface ContextEntry extends ContextInterval {
  /** `<scope>|<entity>`, such as `default|ip:10.0.0.7`. */
  readonly key: string;
}

export interface ContextStore {
  /** One answer per key, in order; empty when nothing is known. One round trip for all keys. */
  read(keys: readonly string[]): Promise<readonly (readonly ContextInterval[])[]>;
  /** Remembers all, in one round trip. At most `intervals_per_key_max` intervals a key are kept, newest first. */
  write(entries: readonly ContextEntry[]): Promise<void>;
  close(): Promise<void>;
}
