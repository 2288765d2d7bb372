import type { Family } from '#shared/avro/types.generated.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { Draft, Format, FormatResult, Snapshot, SnapshotItem } from '#shared/event/format.ts';
import { eventHash } from '#shared/event/identity.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { fromMilliseconds } from '#shared/event/time.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';
import { finish, type RecordOrigin } from './finish.ts';
import { type Part, partText } from './framing/part.ts';
import { type Recognise, unwrap } from './framing/unwrap.ts';
import { redactText } from './redaction/patterns.ts';
import { type Redacted, redact } from './redaction/redact.ts';

/** What became of one Kafka record before enrichment and detection. */
export interface Reading {
  readonly events: readonly NormalisedEvent[];
  /** Parts that a format left out by a named policy. */
  readonly dropped: readonly string[];
  /** Parts that could not be used. */
  readonly rejected: readonly Rejection[];
  /** Of parts that state all that holds: what they state, whose events are in `events`. */
  readonly snapshots: readonly SnapshotReading[];
}

/** A part that states all that holds of something, read. */
export interface SnapshotReading extends Pick<Snapshot, 'of' | 'version' | 'unchanged'> {
  readonly scope: string;
  readonly items: readonly (SnapshotItem & { readonly event: NormalisedEvent })[];
  readonly gone: (item: SnapshotItem) => NormalisedEvent;
  readonly original: string;
}

export interface Rejection {
  readonly reason: string;
  readonly detail: string;
  /** The part's own text; empty when the whole record is meant. */
  readonly text: string;
}

export interface ReadOptions {
  readonly family: Family;
  readonly formats: readonly Format[];
  /** Scope of records whose sender names none. */
  readonly scope: string;
  readonly namespace: string;
}

/** The header in which the gateway passes on the scope of an authenticated sender. */
export const scope_header = 'breakwater-scope';

/** Reads one record: takes it apart, finds each part's format, redacts, normalises, finishes. Never throws. */
export function readRecord(
  record: StreamRecord,
  value: Buffer,
  ingested: string,
  options: ReadOptions,
): Reading {
  const recognise: Recognise = (candidate) => formatOf(candidate, options.formats);
  const { parts, broken } = unwrap(value, recognise);
  const origin: RecordOrigin = {
    scope: record.headers[scope_header] ?? options.scope,
    family: options.family,
    namespace: options.namespace,
    source: { topic: record.topic, partition: record.partition, offset: record.offset },
    hash: eventHash(value),
    arrival_ns: fromMilliseconds(record.timestamp_ms),
    ingested,
  };
  const reading = {
    events: new Array<NormalisedEvent>(),
    dropped: new Array<string>(),
    rejected: [...broken],
    snapshots: new Array<SnapshotReading>(),
  };
  parts.forEach((part, index) => readPart(part, index, origin, reading));
  return reading;
}

function formatOf(value: JsonValue, formats: readonly Format[]): Format | undefined {
  for (const format of formats) if (format.recognises(value)) return format;
  return undefined;
}

function readPart(
  part: Part,
  index: number,
  origin: RecordOrigin,
  reading: {
    events: NormalisedEvent[];
    dropped: string[];
    rejected: Rejection[];
    snapshots: SnapshotReading[];
  },
): void {
  const { format } = part;
  const text = partText(part);
  if (format === undefined) {
    reading.rejected.push({ reason: 'format.unknown', detail: describe(part.value), text });
    return;
  }
  const clean = redact(part.value, text);
  const result = normalise(format, clean.value, part, origin);
  if (result.kind === 'drop') reading.dropped.push(result.reason);
  else if (result.kind === 'reject') reading.rejected.push({ detail: format.name, ...result, text });
  else {
    const finishing = { part, format, redacted: clean.redacted, original: originalOf(clean, text), origin };
    const events = finishAll(result.drafts, index, finishing);
    reading.events.push(...events);
    if (result.snapshot !== undefined)
      reading.snapshots.push(readSnapshot(result.snapshot, events, index, finishing));
  }
}

function readSnapshot(
  { of, version, items, gone, unchanged }: Snapshot,
  events: readonly NormalisedEvent[],
  index: number,
  finishing: Finishing,
): SnapshotReading {
  return {
    of,
    version,
    unchanged,
    scope: finishing.origin.scope,
    original: finishing.original,
    items: items.flatMap((item, at) => {
      const event = events[at];
      return event === undefined ? [] : [{ ...item, event }];
    }),
    gone: (item) => finishOne(gone(item), `${index}.gone.${item.name}`, undefined, finishing),
  };
}

type NormaliseResult =
  | FormatResult
  | { readonly kind: 'reject'; readonly reason: string; readonly detail: string };

/** A format that throws is a bug: the record goes to the dead-letter topic with the error, the service goes on. */
function normalise(
  format: Format,
  value: JsonObject | string,
  part: Part,
  origin: RecordOrigin,
): NormaliseResult {
  try {
    const { scope, arrival_ns } = origin;
    return format.normalise(value, { scope, arrival_ns, shipper: part.shipper });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      kind: 'reject',
      reason: 'format.failed',
      detail: `${format.name}: ${error.message}`.slice(0, 400),
    };
  }
}

/** What all events of a part have in common. */
interface Finishing {
  readonly part: Part;
  readonly format: Format;
  readonly redacted: readonly string[];
  readonly original: string;
  readonly origin: RecordOrigin;
}

function originalOf({ value, redacted }: Redacted<JsonObject | string>, text: string): string {
  if (redacted.length === 0) return text;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The first event alone carries the original. */
function finishAll(
  drafts: readonly Draft[],
  index: number,
  finishing: Finishing,
): readonly NormalisedEvent[] {
  return drafts.map((draft, at) =>
    finishOne(draft, `${index}.${at}`, at === 0 ? finishing.original : undefined, finishing),
  );
}

function finishOne(
  draft: Draft,
  position: string,
  original: string | undefined,
  { part, format, redacted, origin }: Finishing,
): NormalisedEvent {
  return finish(draft, { format: format.name, position, original, shipper: part.shipper, redacted }, origin);
}

/** Enough of an unknown record to see what it might be: its first keys, or its first words. */
function describe(value: JsonObject | string): string {
  const shown = isJsonObject(value)
    ? `keys ${Object.keys(value).slice(0, 12).join(', ')}`
    : `text ${redactText(value.slice(0, 400), new Set())}`;
  return shown.slice(0, 200);
}
