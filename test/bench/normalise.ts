import { join } from 'node:path';
import { createMemoryContextStore } from '#shared/context/memory.ts';
import type { Format, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, parseJson } from '#shared/event/json.ts';
import { createIngest } from '#shared/ingest/ingest.ts';
import { noDetector } from '#shared/sigma/detector.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { type Cost, measureInterleaved, type Work } from './interleaved.ts';
import { type Lane, readLanes } from './normalise/lanes.ts';

/**
 * What reading a record costs, in CPU time and as a ratio to `JSON.parse` of the same bytes in the same round: parsing
 * without loss, normalising (that parsing included), and the whole ingest up to the encoded outputs.
 *
 *     node test/bench/normalise.ts [stream.ndjson]
 */
const shared = process.env['BREAKWATER_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const file = process.argv[2] ?? join(shared, 'campaigns/mixed/stream.ndjson');

const rounds = 101;
/** What normalising a record of the container lanes may cost, as a ratio to `JSON.parse`. */
const normalised_ratio_max = 2;
const containerLanes: ReadonlySet<string> = new Set(['k8s-audit', 'tetragon', 'falco', 'hubble']);

function worksOf({ family, format, records }: Lane, formats: readonly Format[]): readonly Work[] {
  const values = records.flatMap(({ value }) => value ?? []);
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
  return [
    { name: 'JSON.parse', run: () => values.forEach((value) => JSON.parse(value.toString('utf8'))) },
    { name: 'lossless', run: () => values.forEach((value) => parseJson(value)) },
    { name: 'normalised', run: () => values.forEach((value) => normalise(format, value, context)) },
    { name: 'ingest', run: () => ingest.process({ topic: `raw.${family}`, partition: 0, records }) },
  ];
}

function normalise(format: Format, value: Buffer, context: RecordContext): void {
  const parsed = parseJson(value);
  if (parsed.kind === 'ok' && isJsonObject(parsed.value)) format.normalise(parsed.value, context);
}

function lineOf({ format, record_bytes }: Lane, costs: readonly Cost[]): string {
  const [parsed, ...others] = costs.map(
    ({ name, cpu_us, ratio }) => `${name} ${cpu_us.toFixed(1).padStart(5)} µs ×${ratio.toFixed(2).padEnd(5)}`,
  );
  const normalised = costs.find(({ name }) => name === 'normalised')?.ratio ?? Number.NaN;
  const verdict = normalised <= normalised_ratio_max ? `within ×${normalised_ratio_max}` : 'over';
  return [
    format.name.padEnd(16),
    `${record_bytes.toFixed(0).padStart(5)} B`,
    parsed?.replace(/ ×.*/, ''),
    ...others,
    containerLanes.has(format.name) ? `normalised ${verdict}` : '',
  ].join('  ');
}

const formats = allFormats();
for (const lane of readLanes(file, formats)) {
  const costs = await measureInterleaved(worksOf(lane, formats[lane.family]), lane.records.length, rounds);
  process.stdout.write(`${lineOf(lane, costs)}\n`);
}
