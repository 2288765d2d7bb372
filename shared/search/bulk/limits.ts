const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** The bounds of the bulk writer; each can be set apart for tests and large clusters. */
export interface BulkLimits {
  readonly bulk_bytes_max: number;
  readonly bulk_bytes_min: number;
  readonly bulk_documents_max: number;
  /** How long a document waits for others to share its request. */
  readonly linger_ms: number;
  readonly requests_in_flight_max: number;
  /** `write` waits before it queues more than this. */
  readonly queue_bytes_max: number;
  readonly retry_first_ms: number;
  readonly retry_ms_max: number;
  /** A longer Retry-After is taken for this. */
  readonly retry_after_ms_max: number;
  /** Rejections are judged over so many documents. */
  readonly rejection_window_documents: number;
  /** So many rejections in the window are always allowed: single poisoned documents. */
  readonly rejections_min: number;
  /** More than this share of the window halts the writer instead of filling the dead-letter topic. */
  readonly rejections_percent_max: number;
}

export const defaultBulkLimits: BulkLimits = {
  // Larger requests do not index faster, and hold more memory on both sides for longer.
  bulk_bytes_max: 4 * mebibyte,
  bulk_bytes_min: 64 * kibibyte,
  bulk_documents_max: 5_000,
  linger_ms: 10,
  // Two shards' worth of indexing threads stay busy while a third request is on the wire.
  requests_in_flight_max: 4,
  queue_bytes_max: 64 * mebibyte,
  retry_first_ms: 100,
  retry_ms_max: 10_000,
  retry_after_ms_max: 300_000,
  rejection_window_documents: 1_000,
  rejections_min: 20,
  rejections_percent_max: 20,
};
