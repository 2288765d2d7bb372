import type { OutgoingRecord, StreamBatch, StreamRecord } from '#shared/kafka/port.ts';
import type { Outcome } from '#shared/service/outcome.ts';

/**
 * Batches and outcomes in the form in which they cross between threads: all bytes of a message in one buffer, which
 * changes hands without being copied, and numbers in typed arrays. Cloning thousands of small buffers would cost more
 * than the work on them.
 */

/** Length of a value that is absent. */
const absent = -1;

/** Bytes of many values, one behind the other. */
interface PackedValues {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Int32Array<ArrayBuffer>;
}

export interface PackedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly offsets: BigInt64Array<ArrayBuffer>;
  readonly timestamps_ms: Float64Array<ArrayBuffer>;
  readonly values: PackedValues;
  /** By position, where there are any. */
  readonly headers: readonly (readonly [number, Readonly<Record<string, string>>])[];
}

export interface PackedOutcomes {
  readonly kinds: readonly Outcome['kind'][];
  /** Reason and detail of drops and rejects, in order. */
  readonly reasons: readonly (readonly [string, string])[];
  /** Outputs of each record that is ok, in order. */
  readonly output_counts: readonly number[];
  readonly topics: readonly string[];
  readonly keys: readonly (string | undefined)[];
  readonly values: PackedValues;
  /** What few outputs have, by position. */
  readonly extras: readonly (readonly [number, Pick<OutgoingRecord, 'headers' | 'timestamp_ms'>])[];
}

function packValues(values: readonly (Buffer | undefined)[]): PackedValues {
  const lengths = new Int32Array(values.length);
  let total = 0;
  values.forEach((value, index) => {
    lengths[index] = value?.length ?? absent;
    total += value?.length ?? 0;
  });
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const value of values) {
    if (value === undefined) continue;
    bytes.set(value, at);
    at += value.length;
  }
  return { bytes, lengths };
}

function unpackValues({ bytes, lengths }: PackedValues): readonly (Buffer | undefined)[] {
  let at = 0;
  return Array.from(lengths, (length) => {
    if (length === absent) return undefined;
    at += length;
    return Buffer.from(bytes.buffer, bytes.byteOffset + at - length, length);
  });
}

/** Keys are left out: ingest reads none. */
export function packBatch({ topic, partition, records }: StreamBatch): PackedBatch {
  return {
    topic,
    partition,
    offsets: BigInt64Array.from(records, (record) => record.offset),
    timestamps_ms: Float64Array.from(records, (record) => record.timestamp_ms),
    values: packValues(records.map((record) => record.value)),
    headers: records.flatMap(({ headers }, index) =>
      Object.keys(headers).length === 0 ? [] : [[index, headers] as const],
    ),
  };
}

const noHeaders: Readonly<Record<string, string>> = {};

export function unpackBatch(packed: PackedBatch): StreamBatch {
  const { topic, partition, offsets, timestamps_ms } = packed;
  const headers = new Map(packed.headers);
  const records = unpackValues(packed.values).map(
    (value, index): StreamRecord => ({
      topic,
      partition,
      offset: offsets[index] ?? 0n,
      timestamp_ms: timestamps_ms[index] ?? 0,
      key: undefined,
      value,
      headers: headers.get(index) ?? noHeaders,
    }),
  );
  return { topic, partition, records };
}

export function packOutcomes(outcomes: readonly Outcome[]): PackedOutcomes {
  const outputs = outcomes.flatMap((outcome) => (outcome.kind === 'ok' ? outcome.outputs : []));
  return {
    kinds: outcomes.map(({ kind }) => kind),
    reasons: outcomes.flatMap((outcome) => {
      if (outcome.kind === 'drop') return [[outcome.reason, ''] as const];
      return outcome.kind === 'reject' ? [[outcome.reason, outcome.detail] as const] : [];
    }),
    output_counts: outcomes.flatMap((outcome) => (outcome.kind === 'ok' ? [outcome.outputs.length] : [])),
    topics: outputs.map(({ topic }) => topic),
    keys: outputs.map(({ key }) => (typeof key === 'string' ? key : undefined)),
    values: packValues(outputs.map(({ value }) => value)),
    extras: outputs.flatMap(({ headers, timestamp_ms }, index) =>
      headers === undefined && timestamp_ms === undefined
        ? []
        : [[index, { headers, timestamp_ms }] as const],
    ),
  };
}

export function unpackOutcomes(packed: PackedOutcomes): readonly Outcome[] {
  const extras = new Map(packed.extras);
  const outputs = unpackValues(packed.values).map(
    (value, index): OutgoingRecord => ({
      topic: packed.topics[index] ?? '',
      key: packed.keys[index],
      value,
      ...extras.get(index),
    }),
  );
  const reasons = packed.reasons[Symbol.iterator]();
  const counts = packed.output_counts[Symbol.iterator]();
  let at = 0;
  return packed.kinds.map((kind): Outcome => {
    if (kind === 'duplicate') return { kind };
    if (kind === 'ok') {
      const first = at;
      at += counts.next().value ?? 0;
      return { kind, outputs: outputs.slice(first, at) };
    }
    const [reason, detail] = reasons.next().value ?? ['', ''];
    return kind === 'drop' ? { kind, reason } : { kind, reason, detail };
  });
}
