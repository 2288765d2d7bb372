import type { OutgoingRecord } from '#shared/kafka/port.ts';
import { isJsonObject, type JsonObject } from '#shared/event/json.ts';
import { parseTime } from '#shared/event/time.ts';
import { scope_header } from '#shared/ingest/read-record.ts';
import { families } from '../../../schemas/topics/topics.ts';

/** What a line of `events.ndjson` gives to be read again. */
export type EventLine =
  | { readonly kind: 'record'; readonly record: OutgoingRecord }
  /** A further event of a record whose first event carries the original. */
  | { readonly kind: 'further' }
  | { readonly kind: 'unusable'; readonly reason: string };

/**
 * Takes the original out of an event that a replay wrote, or that Elasticsearch holds, so that it is read anew like
 * any record; undefined when the object is no such event.
 */
export function readEventLine(line: JsonObject): EventLine | undefined {
  const { event, breakwater } = line;
  if (!isJsonObject(event) || !isJsonObject(breakwater)) return undefined;
  const family = families.find((name) => name === breakwater['family']);
  if (family === undefined) return undefined;
  const { original } = event;
  if (typeof original !== 'string') {
    return isCut(breakwater) ? { kind: 'unusable', reason: 'stream.original_cut' } : { kind: 'further' };
  }
  const { scope } = breakwater;
  const arrival_ns = parseTime(event['created']) ?? parseTime(line['@timestamp']) ?? 0n;
  return {
    kind: 'record',
    record: {
      topic: `raw.${family}`,
      value: Buffer.from(original),
      timestamp_ms: Number(arrival_ns / 1_000_000n),
      headers: typeof scope === 'string' ? { [scope_header]: scope } : {},
    },
  };
}

/** The original was longer than an event may carry. */
function isCut({ truncated }: JsonObject): boolean {
  return Array.isArray(truncated) && truncated.includes('original_length');
}
