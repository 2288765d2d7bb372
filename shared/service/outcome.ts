import type { OutgoingRecord } from '#shared/kafka/port.ts';

/** What became of one record. The loop counts every one: in = ok + drop + reject + in flight. */
export type Outcome =
  /** Understood; `outputs` are written before its offset is committed. */
  | { readonly kind: 'ok'; readonly outputs: readonly OutgoingRecord[] }
  /** Seen before: counted apart from drops. */
  | { readonly kind: 'duplicate' }
  /** Left out by a named policy. */
  | { readonly kind: 'drop'; readonly reason: string }
  /** Not usable: goes to the dead-letter topic with its bytes, `reason` (a stable, bounded word) and `detail`. */
  | { readonly kind: 'reject'; readonly reason: string; readonly detail: string };
