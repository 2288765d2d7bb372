import { BreakwaterError } from '#shared/errors/error.ts';

/** A decoded value, or the rejection that takes its place; assignable to `Outcome`. */
export type Decoded<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'reject'; readonly reason: 'avro.malformed'; readonly detail: string };

/** Decodes a record value; malformed bytes and tombstones are a rejection, anything else that goes wrong is thrown. */
export function decodeRecord<Value>(
  value: Buffer | undefined,
  decode: (record: Buffer) => Value,
): Decoded<Value> {
  if (value === undefined) return { kind: 'reject', reason: 'avro.malformed', detail: 'a tombstone' };
  try {
    return { kind: 'value', value: decode(value) };
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    return { kind: 'reject', reason: 'avro.malformed', detail: error.message };
  }
}
