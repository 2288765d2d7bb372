/** The search port. Adapters: Elasticsearch, NDJSON files, memory; one contract suite runs on all. */

/** One document to write. */
export interface SearchWrite {
  /** Data stream or index. */
  readonly index: string;
  readonly id: string;
  /**
   * `create`: written once; a document with that id is a duplicate (events, audit).
   * `put`: written when `version` is higher than what is stored (incidents, timeline).
   * `remove`: removed when `version` is higher than what is stored.
   */
  readonly action: 'create' | 'put' | 'remove';
  /** External version for `put` and `remove`. */
  readonly version?: bigint | undefined;
  /** JSON text; absent for `remove`. */
  readonly document?: string | undefined;
  /** What is written instead when the search engine refuses the document: same id, envelope and original only. */
  readonly safe_document?: (() => string) | undefined;
}

/** What became of one write. */
export type SearchOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'duplicate' }
  /** Written in its safe form. */
  | { readonly kind: 'degraded'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: string };

export interface SearchSink {
  /**
   * Resolves with one outcome per write, in order, when each is final. Retries what may succeed later, for ever,
   * with capped back-off; back-pressure is that the promise stays pending.
   */
  write(writes: readonly SearchWrite[]): Promise<readonly SearchOutcome[]>;
  /** Creates or updates templates and indices. */
  prepare(): Promise<void>;
  /** Makes what was written visible to searches. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}
