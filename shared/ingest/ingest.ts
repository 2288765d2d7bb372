import type { Fact, Signal } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import type { Clock } from '#shared/clock/clock.ts';
import type { ContextEntry, ContextStore } from '#shared/context/port.ts';
import { type NormalisedEvent, toAvroEvent } from '#shared/event/event.ts';
import { formatTime, fromMilliseconds } from '#shared/event/time.ts';
import type { OutgoingRecord, StreamBatch, StreamRecord } from '#shared/kafka/port.ts';
import { deadLetter } from '#shared/service/dead-letter.ts';
import type { BatchProcessor } from '#shared/service/loop.ts';
import type { Outcome } from '#shared/service/outcome.ts';
import type { Detector } from '#shared/sigma/detector.ts';
import { isRetriable } from '#shared/errors/error.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import { extensionOf } from './enrichment/apply.ts';
import { enrich, sayUnavailable } from './enrichment/enrich.ts';
import { Firsts } from './firsts.ts';
import { type Reading, type ReadOptions, readRecord, type Rejection } from './read-record.ts';
import { factsOf, signalsOf } from './signals.ts';
import { keepNews } from './snapshots.ts';
import { ToldFacts } from './told-facts.ts';

export interface IngestOptions extends ReadOptions {
  /** The rules in force; asked once a batch, so that a reload swaps them between batches. */
  readonly detector: () => Detector;
  readonly context: ContextStore;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/**
 * What the family services do with a batch: read its records, remember what they say of identity, detect, enrich, and
 * hand back the events, signals and facts to write. Throws only what a retry may cure (the context store, when it can't
 * be told what records say). When it can't be asked, events go on without enrichment and say so: detection does not
 * depend on it.
 */
export function createIngest(options: IngestOptions): BatchProcessor {
  const told = new ToldFacts();
  const firsts = new Firsts();

  async function process(batch: StreamBatch): Promise<readonly Outcome[]> {
    const ingested = formatTime(fromMilliseconds(options.clock.now_ms()));
    const all = batch.records.map((record) => read(record, ingested));
    const readings = await keepNews(all, options.context);
    const events = readings.flatMap((reading) => reading?.events ?? []);
    await remember(events, options.context);
    const detector = options.detector();
    // Signals first: they must not depend on what happened to be known when the record came.
    const signals = new Map(events.map((event) => [event, detectSignals(event, detector, firsts)]));
    if (options.family !== 'inventory') await enrichOrSay(events);
    return batch.records.map((record, index) => outcomeOf(record, readings[index], signals, told));
  }

  async function enrichOrSay(events: readonly NormalisedEvent[]): Promise<void> {
    try {
      await enrich(events, options.context);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      options.telemetry.errorSeen('BW_CONTEXT_UNAVAILABLE', 'enrich');
      sayUnavailable(events);
    }
  }

  function read(record: StreamRecord, ingested: string): Reading | undefined {
    return record.value === undefined ? undefined : readRecord(record, record.value, ingested, options);
  }

  return { process };
}

async function remember(events: readonly NormalisedEvent[], context: ContextStore): Promise<void> {
  const entries: ContextEntry[] = [];
  for (const { scope, descriptions } of events) {
    for (const { entity, from_ns, to_ns, value } of descriptions) {
      entries.push({ key: `${scope}|${entity}`, from_ns, to_ns, value });
    }
  }
  if (entries.length > 0) await context.write(entries);
}

function detectSignals(event: NormalisedEvent, detector: Detector, firsts: Firsts): readonly Signal[] {
  const found = detector.detect(event).filter((mark) => firsts.passes(event, mark));
  const marked = found.length === 0 ? event : { ...event, marks: [...event.marks, ...found] };
  const signals = signalsOf(marked, detector.signal_fields);
  if (signals.length > 0) {
    extensionOf(event.document).rules = signals.map((signal) => signal.rule.id);
  }
  return signals;
}

/**
 * A record whose parts are all unusable is rejected as a whole; where others are usable, the unusable go to the
 * dead-letter topic beside them, so that nothing is lost.
 */
function outcomeOf(
  record: StreamRecord,
  reading: Reading | undefined,
  signals: ReadonlyMap<NormalisedEvent, readonly Signal[]>,
  told: ToldFacts,
): Outcome {
  if (reading === undefined) return { kind: 'drop', reason: 'tombstone' };
  const { events, dropped, rejected } = reading;
  const [rejection] = rejected;
  if (events.length === 0 && rejection !== undefined && dropped.length === 0) {
    return { kind: 'reject', reason: rejection.reason, detail: rejection.detail };
  }
  if (events.length === 0 && rejected.length === 0) return { kind: 'drop', reason: dropped[0] ?? 'empty' };
  const outputs = rejected.map((part) => deadPart(record, part));
  for (const event of events) {
    const facts = factsOf(event, (statement) => told.isNews(statement, record.timestamp_ms));
    addOutputs(event, signals.get(event) ?? [], facts, outputs);
  }
  return { kind: 'ok', outputs };
}

function deadPart(record: StreamRecord, { reason, detail, text }: Rejection): OutgoingRecord {
  const part = text === '' ? record : { ...record, value: Buffer.from(text) };
  return deadLetter(record.topic.replace(/^raw\./, 'dlq.'), part, reason, detail);
}

/** Inventory states facts; its objects are not indexed. */
function addOutputs(
  event: NormalisedEvent,
  signals: readonly Signal[],
  facts: readonly Fact[],
  outputs: OutgoingRecord[],
): void {
  const { scope, family } = event;
  if (family !== 'inventory') {
    outputs.push({
      topic: `events.${family}`,
      key: `${scope}/${event.id}`,
      value: codecs.event.encode(toAvroEvent(event)),
    });
  }
  for (const signal of signals) {
    outputs.push({ topic: 'signals', key: scope, value: codecs.signal.encode(signal) });
  }
  for (const fact of facts) {
    outputs.push({ topic: 'facts', key: scope, value: codecs.fact.encode(fact) });
  }
}
