import { existsSync, readFileSync } from 'node:fs';
import type { Family } from '#shared/avro/types.generated.ts';
import type { Format } from '#shared/event/format.ts';
import { isJsonObject, parseJson } from '#shared/event/json.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';
import { families } from '../../../schemas/topics/topics.ts';
import { createScenario } from '../../scenario/scenario.ts';

/** The records of one format. */
export interface Lane {
  readonly family: Family;
  readonly format: Format;
  readonly records: readonly StreamRecord[];
  readonly record_bytes: number;
}

/** Fewer records are no measurement. */
const lane_records_min = 20;

/** The records of a recorded stream by format; without the file, those of the scenario that the tests play. */
export function readLanes(
  file: string,
  formats: Readonly<Record<Family, readonly Format[]>>,
): readonly Lane[] {
  const lanes = new Map<Format, { readonly family: Family; readonly records: StreamRecord[] }>();
  for (const line of linesOf(file)) {
    const parsed = parseJson(line);
    if (parsed.kind === 'invalid' || !isJsonObject(parsed.value)) continue;
    const { topic, timestamp, value } = parsed.value;
    const family = families.find((name) => `raw.${name}` === topic);
    if (family === undefined || typeof value !== 'string' || typeof timestamp !== 'number') continue;
    const record = parseJson(value);
    const format =
      record.kind === 'ok' ? formats[family].find((one) => one.recognises(record.value)) : undefined;
    if (format === undefined) continue;
    const lane = lanes.get(format) ?? { family, records: [] };
    lanes.set(format, lane);
    lane.records.push({
      topic: `raw.${family}`,
      partition: 0,
      offset: BigInt(lane.records.length),
      timestamp_ms: timestamp,
      key: undefined,
      value: Buffer.from(value),
      headers: {},
    });
  }
  return [...lanes].flatMap(([format, { family, records }]) => {
    const bytes = records.reduce((total, { value }) => total + (value?.length ?? 0), 0);
    const lane = { family, format, records, record_bytes: bytes / records.length };
    return records.length < lane_records_min ? [] : [lane];
  });
}

function linesOf(file: string): readonly string[] {
  if (existsSync(file)) return readFileSync(file, 'utf8').split('\n');
  const { lines } = createScenario({
    seed: 1,
    start_ms: Date.UTC(2026, 10, 16, 9),
    duration_ms: 3_600_000,
    benign_records: 2_000,
    lateness_ms_max: 60_000,
    duplicates: 0,
  });
  return lines.map((line) => JSON.stringify(line));
}
