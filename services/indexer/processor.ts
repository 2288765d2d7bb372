import { decodeAny } from '#shared/avro/codecs.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { StreamBatch, StreamRecord } from '#shared/kafka/port.ts';
import type { SearchOutcome, SearchSink, SearchWrite } from '#shared/search/port.ts';
import { decodeRecord } from '#shared/service/decode.ts';
import type { BatchProcessor } from '#shared/service/loop.ts';
import type { Outcome } from '#shared/service/outcome.ts';
import type { Progress } from './progress.ts';
import { eventWrites, isDataset } from './writes/event-writes.ts';
import { incidentWrites, timelineWrites } from './writes/incident-writes.ts';

export interface IndexProcessorOptions {
  readonly sink: SearchSink;
  readonly namespace: string;
  /** Absent where no record is ever read twice. */
  readonly progress?: Progress;
}

/** What is written for one record, or why nothing is. */
type Plan =
  | { readonly kind: 'write'; readonly writes: readonly SearchWrite[] }
  | Extract<Outcome, { kind: 'reject' }>;

/** Writes events, incidents and timelines; a record is done when all that it says is final in the search engine. */
export function createIndexProcessor(options: IndexProcessorOptions): BatchProcessor {
  const { sink, namespace, progress } = options;
  return {
    process: async (batch: StreamBatch): Promise<readonly Outcome[]> => {
      const replayed = (await progress?.isReplayed(batch)) ?? false;
      const plans = batch.records.map((record) => planOf(record, namespace));
      const writes = plans.flatMap((plan) => (plan.kind === 'write' ? plan.writes : []));
      const marks = progress?.mark(batch) ?? [];
      const results = await sink.write([...writes, ...marks], { replayed });
      if (results.at(writes.length)?.kind === 'rejected') throw unmarked(batch);
      return outcomesOf(plans, results);
    },
  };
}

function planOf(record: StreamRecord, namespace: string): Plan {
  const decoded = decodeRecord(record.value, decodeAny);
  if (decoded.kind === 'reject') return decoded;
  const { type, value } = decoded.value;
  switch (type) {
    case 'Event':
      if (!isDataset(value.dataset)) {
        return { kind: 'reject', reason: 'index.dataset', detail: `not a dataset: ${value.dataset}` };
      }
      return { kind: 'write', writes: eventWrites(value, namespace) };
    case 'Incident':
      return { kind: 'write', writes: incidentWrites(value, namespace, record.timestamp_ms) };
    case 'TimelineEntry':
      return { kind: 'write', writes: timelineWrites(value, namespace) };
    case 'AuditRecord':
    case 'Decision':
    case 'Fact':
    case 'Signal':
      return { kind: 'reject', reason: 'index.unexpected', detail: `${type} is not indexed` };
  }
}

/** The results lie in the order of the plans' writes. */
function outcomesOf(plans: readonly Plan[], results: readonly SearchOutcome[]): readonly Outcome[] {
  let next = 0;
  return plans.map((plan) => {
    if (plan.kind === 'reject') return plan;
    const own = results.slice(next, next + plan.writes.length);
    next += plan.writes.length;
    return outcomeOf(own);
  });
}

/** Rejected if any part was, a duplicate if every part was. */
function outcomeOf(results: readonly SearchOutcome[]): Outcome {
  const rejected = results.find((result) => result.kind === 'rejected');
  if (rejected !== undefined) {
    return { kind: 'reject', reason: `index.${rejected.reason}`, detail: rejected.detail };
  }
  const isDuplicate = results.every((result) => result.kind === 'duplicate');
  return isDuplicate ? { kind: 'duplicate' } : { kind: 'ok', outputs: [] };
}

function unmarked({ topic, partition }: StreamBatch): BreakwaterError {
  return new BreakwaterError('BW_SEARCH_UNAVAILABLE', `no mark for ${topic}-${partition} could be written`);
}
