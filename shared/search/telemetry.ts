import type { SearchOutcome } from './port.ts';

/**
 * Whether the bulk writer can work: `running`; `unreachable` (no usable answer); `overloaded` (429 for a whole
 * request); `blocked` (credentials, licence or address refused: nothing is sent but a probe); `unprepared` (templates
 * are missing and being put back); `halted` (too many documents would be rejected).
 */
export type WriterState = 'running' | 'unreachable' | 'overloaded' | 'blocked' | 'unprepared' | 'halted';

/** What the search package measures. Calls are per request, never per document; labels are bounded words. */
export interface SearchTelemetry {
  /** A bulk request was answered (`status` is the HTTP status) or not (`none`). */
  bulkSent(status: string, documents: number, bytes: number, duration_ms: number): void;
  documentsSettled(kind: SearchOutcome['kind'], documents: number): void;
  /** Documents that are sent again, by the reason of the failure. */
  documentsRetried(reason: string, documents: number): void;
  /** `detail` says why, for the log; bounded. */
  writerState(state: WriterState, detail: string): void;
  /** Documents that wait or are in flight, and how many requests may be in flight at present. */
  pressure(documents_waiting: number, requests_allowed: number): void;
}

export const noSearchTelemetry: SearchTelemetry = {
  bulkSent: ignore,
  documentsSettled: ignore,
  documentsRetried: ignore,
  writerState: ignore,
  pressure: ignore,
};

function ignore(): void {
  // Nothing is measured.
}
