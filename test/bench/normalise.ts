import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryContextStore } from '#shared/context/memory.ts';
import type { Family } from '#shared/avro/types.generated.ts';
import type { Format } from '#shared/event/format.ts';
import { isJsonObject, parseJson } from '#shared/event/json.ts';
import { createIngest } from '#shared/ingest/ingest.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';
import { noDetector } from '#shared/sigma/detector.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { families } from '../../schemas/topics/topics.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';

/**
 * What reading a record costs, in µs and as a ratio to `JSON.parse` of the same bytes in the same run: parsing
 * without loss, normalising, and the whole ingest up to the encoded outputs.
 *
 *     node test/bench/normalise.ts [stream.ndjson]
 */
const shared = process.env['BREAKWATER_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const file = process.argv[2] ?? join(shared, 'campaigns/mixed/stream.ndjson');

/** Many short slices, interleaved: the best of each is what it costs when nothing else disturbs. */
const rounds = 60;
const records_per_slice = 200;
const lane_records_min = 20;

interface Lane {
  readonly family: Family;
  readonly format: Format;
  readonly records: StreamRecord[];
}

function readLanes(formats: Readonly<Record<Family, readonly Format[]>>): readonly Lane[] {
  const lanes = new Map<string, Lane>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const parsed = parseJson(line);
    if (parsed.kind === 'invalid' || !isJsonObject(parsed.value)) continue;
    const { topic, timestamp, value } = parsed.value;
    const family = families.find((name) => `raw.${name}` === topic);
    if (family === undefined || typeof value !== 'string' || typeof timestamp !== 'number') continue;
    const record = parseJson(value);
    const format =
      record.kind === 'ok' ? formats[family].find((one) => one.recognises(record.value)) : undefined;
    if (format === undefined) continue;
    const lane = lanes.get(format.name) ?? { family, format, records: [] };
    lanes.set(format.name, lane);
    const bytes = Buffer.from(value);
    lane.records.push({
      topic: `raw.${family}`,
      partition: 0,
      offset: BigInt(lane.records.length),
      timestamp_ms: timestamp,
      key: undefined,
      value: bytes,
      headers: {},
    });
  }
  return [...lanes.values()].filter(({ records }) => records.length >= lane_records_min);
}

type Slice = (records: readonly StreamRecord[]) => unknown;

/** The best time of each kind of work, for one record, in µs. */
async function costs(lane: Lane, slices: readonly Slice[]): Promise<readonly number[]> {
  const best = slices.map(() => Number.POSITIVE_INFINITY);
  const { records } = lane;
  for (let round = 0; round < rounds; round++) {
    const start = (round * records_per_slice) % records.length;
    const slice = [...records, ...records].slice(start, start + Math.min(records_per_slice, records.length));
    for (const [index, work] of slices.entries()) {
      const before = performance.now();
      await work(slice);
      const taken_us = ((performance.now() - before) * 1000) / slice.length;
      best[index] = Math.min(best[index] ?? taken_us, taken_us);
    }
  }
  return best;
}

function bytesOf({ value }: StreamRecord): Buffer {
  return value ?? Buffer.alloc(0);
}

async function measure(lane: Lane, formats: readonly Format[]): Promise<string> {
  const { family, format, records } = lane;
  const context = { scope: 'default', arrival_ns: 1_800_000_000_000_000_000n, shipper: undefined };
  const ingest = createIngest({
    family,
    formats,
    scope: 'default',
    namespace: 'breakwater',
    detector: () => noDetector,
    context: createMemoryContextStore(),
    clock: { now_ms: () => 1_800_000_000_000 },
    telemetry: noTelemetry,
  });
  const [parsed = 0, lossless = 0, normalised = 0, whole = 0] = await costs(lane, [
    (slice) => {
      for (const record of slice) JSON.parse(bytesOf(record).toString('utf8'));
    },
    (slice) => {
      for (const record of slice) parseJson(bytesOf(record));
    },
    (slice) => {
      for (const record of slice) {
        const value = parseJson(bytesOf(record));
        if (value.kind === 'ok' && isJsonObject(value.value)) format.normalise(value.value, context);
      }
    },
    (slice) => ingest.process({ topic: `raw.${family}`, partition: 0, records: slice }),
  ]);
  const bytes = records.reduce((total, record) => total + bytesOf(record).length, 0) / records.length;
  const times = (value: number): string =>
    `${value.toFixed(1).padStart(6)} µs ×${(value / parsed).toFixed(2)}`;
  return [
    format.name.padEnd(16),
    `${bytes.toFixed(0).padStart(5)} B`,
    `JSON.parse ${parsed.toFixed(1).padStart(5)} µs`,
    `lossless ${times(lossless)}`,
    `normalised ${times(normalised)}`,
    `ingest ${times(whole)}`,
  ].join('  ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (existsSync(file)) {
  const formats = allFormats();
  for (const lane of readLanes(formats)) print(await measure(lane, formats[lane.family]));
} else {
  print(`skipped: ${file} is not there (set BREAKWATER_SHARED, or name a recorded stream)`);
}
