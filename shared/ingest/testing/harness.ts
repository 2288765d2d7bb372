import { codecs } from '#shared/avro/codecs.ts';
import type { Event, Fact, Signal } from '#shared/avro/types.generated.ts';
import type { ContextEntry, ContextStore } from '#shared/context/port.ts';
import { type JsonObject, isJsonObject, parseJson } from '#shared/event/json.ts';
import type { OutgoingRecord, StreamBatch, StreamRecord } from '#shared/kafka/port.ts';
import type { Outcome } from '#shared/service/outcome.ts';
import { noDetector } from '#shared/sigma/detector.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { createIngest, type IngestOptions } from '../ingest.ts';

/** A context store of one process, without bounds: enough for tests of what is asked and answered. */
export function createTestContext(): ContextStore & { readonly entries: ContextEntry[]; reads: number } {
  const entries: ContextEntry[] = [];
  return {
    entries,
    reads: 0,
    read(keys) {
      this.reads++;
      return Promise.resolve(keys.map((key) => entries.filter((entry) => entry.key === key)));
    },
    write(more) {
      entries.push(...more);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** Arrival of test records: 2026-11-02T12:00:00Z, after the times inside them. */
const arrival_ms = Date.UTC(2026, 10, 2, 12);

export function recordOf(
  value: string | Buffer | undefined,
  overrides: Partial<StreamRecord> = {},
): StreamRecord {
  return {
    topic: 'raw.test',
    partition: 0,
    offset: 7n,
    timestamp_ms: arrival_ms,
    key: undefined,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: {},
    ...overrides,
  };
}

function batchOf(records: readonly StreamRecord[]): StreamBatch {
  return { topic: records[0]?.topic ?? 'raw.test', partition: 0, records };
}

/** What an ingest made of some records, decoded. */
export interface Ingested {
  readonly outcomes: readonly Outcome[];
  readonly events: readonly Event[];
  readonly documents: readonly JsonObject[];
  readonly signals: readonly Signal[];
  readonly facts: readonly Fact[];
  /** Topic and reason of dead letters written beside usable parts. */
  readonly dead: readonly OutgoingRecord[];
}

/** Runs records through an ingest with no rules and an empty context, unless told otherwise. */
export async function ingest(
  options: Pick<IngestOptions, 'family' | 'formats'> & Partial<IngestOptions>,
  ...values: readonly (string | Buffer | StreamRecord | undefined)[]
): Promise<Ingested> {
  const processor = createIngest({
    scope: 'default',
    namespace: 'default',
    detector: () => noDetector,
    context: createTestContext(),
    clock: { now_ms: () => arrival_ms + 1_000 },
    telemetry: noTelemetry,
    ...options,
  });
  const topic = `raw.${options.family}`;
  const records = values.map((value, index) =>
    typeof value === 'object' && !Buffer.isBuffer(value)
      ? value
      : recordOf(value, { topic, offset: BigInt(index) }),
  );
  return decode(await processor.process(batchOf(records)));
}

function decode(outcomes: readonly Outcome[]): Ingested {
  const outputs = outcomes.flatMap((outcome) => (outcome.kind === 'ok' ? outcome.outputs : []));
  const values = (topic: (name: string) => boolean): Buffer[] =>
    outputs.flatMap(({ topic: name, value }) => (topic(name) && value !== undefined ? [value] : []));
  const events = values((name) => name.startsWith('events.')).map((value) => codecs.event.decode(value));
  return {
    outcomes,
    events,
    documents: events.map((event) => documentOf(event.document)),
    signals: values((name) => name === 'signals').map((value) => codecs.signal.decode(value)),
    facts: values((name) => name === 'facts').map((value) => codecs.fact.decode(value)),
    dead: outputs.filter(({ topic }) => topic.startsWith('dlq.')),
  };
}

function documentOf(text: string): JsonObject {
  const parsed = parseJson(text);
  if (parsed.kind === 'invalid' || !isJsonObject(parsed.value)) throw new TypeError('not a document');
  return parsed.value;
}
