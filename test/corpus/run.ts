import type { Family } from '#shared/avro/types.generated.ts';
import { type Violation, validateDocument } from '#shared/ecs/validate.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { Format } from '#shared/event/format.ts';
import { isJsonObject, parseJson } from '#shared/event/json.ts';
import { type Reading, readRecord } from '#shared/ingest/read-record.ts';

/** Arrival of all samples: after anything that is in them. */
const arrival_ms = Date.UTC(2026, 11, 1);

/** Reads one value as the service of a family would. */
export function readValue(value: Buffer, family: Family, formats: readonly Format[]): Reading {
  const record = {
    topic: `raw.${family}`,
    partition: 0,
    offset: 0n,
    timestamp_ms: arrival_ms,
    key: undefined,
    value,
    headers: {},
  };
  const options = { family, formats, scope: 'default', namespace: 'breakwater' };
  return readRecord(record, value, '2026-12-01T00:00:01.000000000Z', options);
}

/** What is wrong with an event, as it would be indexed. */
export function violationsOf(event: NormalisedEvent): readonly Violation[] {
  const parsed = parseJson(JSON.stringify(event.document));
  if (parsed.kind === 'invalid') return [{ field: '', problem: parsed.detail }];
  return isJsonObject(parsed.value)
    ? validateDocument(parsed.value)
    : [{ field: '', problem: 'not an object' }];
}
