/** A JSON document as the search engine returned it. */
export type StoredDocument = Readonly<Record<string, unknown>>;

export interface Page {
  readonly items: readonly StoredDocument[];
  /** Give it back to get the next page; absent on the last. */
  readonly next?: string | undefined;
}

export interface IncidentQuery {
  readonly status: string | undefined;
  readonly limit: number;
  readonly after: string | undefined;
}

/** Where the API reads incidents and timelines. */
export interface IncidentStore {
  /** Highest score first. */
  list(query: IncidentQuery): Promise<Page>;
  find(id: string): Promise<StoredDocument | undefined>;
  /** In time order. */
  timeline(id: string, page: { readonly limit: number; readonly after: string | undefined }): Promise<Page>;
  reachable(): Promise<boolean>;
  close(): Promise<void>;
}
