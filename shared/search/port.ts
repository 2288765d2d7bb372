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

/** Why a document was refused. */
export interface Refusal {
  /** A stable, bounded word, such as the error type that Elasticsearch names. */
  readonly reason: string;
  /** The search engine's own words, cut to a bounded length. */
  readonly detail: string;
}

/** What became of one write. */
export type SearchOutcome =
  | { readonly kind: 'written' }
  /** A `create` whose id exists, or a `put` or `remove` whose version is not higher than what is stored. */
  | { readonly kind: 'duplicate' }
  /** Written in its safe form. */
  | ({ readonly kind: 'degraded' } & Refusal)
  | ({ readonly kind: 'rejected' } & Refusal);

export interface WriteOptions {
  /**
   * The caller may have written these before, in an earlier life: each `create` is looked up by id in everything
   * that its data stream holds, because a data stream itself knows only the ids of its newest backing index.
   */
  readonly replayed?: boolean;
}

export interface SearchSink {
  /**
   * Resolves with one outcome per write, in order, when each is final. Retries what may succeed later, for ever,
   * with capped back-off; back-pressure is that the promise stays pending.
   * @throws BW_SEARCH_CLOSED (retriable) for what was not final when the sink was closed.
   */
  write(writes: readonly SearchWrite[], options?: WriteOptions): Promise<readonly SearchOutcome[]>;
  /** The stored external versions of documents that were `put`; undefined for what is not there. At most 1,000 ids. */
  versions(index: string, ids: readonly string[]): Promise<readonly (bigint | undefined)[]>;
  /** Creates or updates templates and indices. One attempt. */
  prepare(): Promise<void>;
  /** Makes what was written visible to searches. */
  refresh(): Promise<void>;
  /** Human-readable, for logs and the demo: `Elasticsearch 9.4.3 at 127.0.0.1:9200 (templates: core)`. */
  describe(): Promise<string>;
  /** Ends retries and frees what was opened. Idempotent. */
  close(): Promise<void>;
}
