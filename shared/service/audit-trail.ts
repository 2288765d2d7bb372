/** What a service tells the auditor. Machine facts only; personal data belongs in `body`. */
export interface AuditEntry {
  readonly tenant: string;
  /** A name of the record catalogue, such as `batch.ingest`. */
  readonly type: string;
  readonly time_ns: bigint;
  readonly outcome: 'success' | 'failure' | 'unknown';
  readonly facts: Readonly<Record<string, string>>;
  /** JSON text, kept outside the leaf under a salted commitment. */
  readonly body?: string | undefined;
}

/** The port through which services write to the `audit` topic; it numbers entries contiguously for each producer. */
export interface AuditTrail {
  /** Resolves when the entries are acknowledged; throws a retriable error when they are not. */
  record(entries: readonly AuditEntry[]): Promise<void>;
}

/** For tests. */
export const noAuditTrail: AuditTrail = { record: () => Promise.resolve() };
