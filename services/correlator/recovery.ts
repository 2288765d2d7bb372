import type { IncidentStatus } from '#shared/avro/types.generated.ts';
import { decodeAny } from '#shared/avro/codecs.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { parseTime } from '#shared/event/time.ts';
import type { Stream, StreamRecord } from '#shared/kafka/port.ts';
import { outputTopic } from './outputs.ts';

/** What was written of one incident or timeline row, last. */
export type Written =
  | {
      readonly kind: 'incident';
      readonly scope: string;
      readonly id: string;
      readonly status: IncidentStatus;
      /** The time of its first event. */
      readonly first_ns: bigint;
      readonly write_version: bigint;
    }
  | {
      readonly kind: 'row';
      readonly scope: string;
      readonly id: string;
      readonly incident: string | undefined;
      readonly write_version: bigint;
    };

/** A stretch of one partition of the output; `to` is exclusive. */
export interface OutputRange {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

const batch_records_max = 5000;

/**
 * Reads what an earlier run wrote after its last checkpoint, so that what it showed is corrected where this run comes to
 * other conclusions on the way. Reads nothing when there is nothing to read.
 */
export async function readWritten(
  stream: Stream,
  ranges: readonly OutputRange[],
  group: string,
): Promise<ReadonlyMap<number, readonly Written[]>> {
  const written = new Map(ranges.map(({ partition }) => [partition, new Array<Written>()]));
  const open = new Map(ranges.filter(({ from, to }) => from < to).map((range) => [range.partition, range]));
  if (open.size === 0) return written;
  const done = Promise.withResolvers<void>();
  const ends = await stream.offsets(outputTopic);
  const reader = stream.reader({
    group,
    topics: [outputTopic],
    batch_records_max,
    commit: 'manual',
    positions: (assigned) =>
      Promise.resolve(
        assigned.map(({ topic, partition }) => ({
          topic,
          partition,
          offset: open.get(partition)?.from ?? ends.find((end) => end.partition === partition)?.high ?? 0n,
        })),
      ),
    // What retention removed is too old to be corrected.
    onGap: ({ partition, to }) => finish(partition, to),
  });
  const finish = (partition: number, next: bigint): void => {
    const range = open.get(partition);
    if (range !== undefined && next >= range.to) open.delete(partition);
    if (open.size === 0) done.resolve();
  };
  await reader.start(async ({ partition, records }) => {
    for (const record of records) {
      const range = open.get(partition);
      if (range !== undefined && record.offset < range.to) written.get(partition)?.push(...writtenIn(record));
    }
    finish(partition, (records.at(-1)?.offset ?? 0n) + 1n);
  });
  await Promise.race([done.promise, reader.failed]);
  await reader.stop();
  return written;
}

function writtenIn({ value }: StreamRecord): readonly Written[] {
  if (value === undefined) return [];
  const record = decodeAny(value);
  if (record.type === 'Incident') {
    const { id, scope, status, document, write_version } = record.value;
    return [{ kind: 'incident', scope, id, status, first_ns: firstOf(document), write_version }];
  }
  if (record.type !== 'TimelineEntry') return [];
  const { event_id: id, scope, document, write_version } = record.value;
  const incident = document === null ? undefined : incidentIn(document);
  return [{ kind: 'row', scope, id, incident, write_version }];
}

/** When an incident begins; one that does not say so is too old to be taken back. */
function firstOf(document: string): bigint {
  return parseTime(parse(document)['@timestamp']) ?? 0n;
}

/** `incident.id` of a timeline document. */
function incidentIn(document: string): string | undefined {
  const { incident } = parse(document);
  const id = isJsonObject(incident) ? incident['id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

function parse(document: string): JsonObject {
  const parsed: JsonValue = JSON.parse(document);
  return isJsonObject(parsed) ? parsed : {};
}
