import { expect, test } from 'vitest';
import type { Family } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import { type NormalisedEvent, toAvroEvent } from '#shared/event/event.ts';
import { factsOf, signalsOf } from '#shared/ingest/signals.ts';
import { createRandom } from '#shared/random/random.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { readFixtures } from './fixtures.ts';
import { mutate } from './mutate.ts';
import { readValue, violationsOf } from './run.ts';
import { haveSamples, readSamples } from './samples.ts';

/** Damaged records; 200,000 take some minutes. */
const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 1_500);
const seed = Number(process.env['BREAKWATER_SEED'] ?? Date.now() % 1_000_000);
/** Larger records are damaged as well as smaller ones, only slower. */
const seed_bytes_max = 60_000;

interface SeedRecord {
  readonly family: Family;
  readonly value: Buffer;
}

/** The fixtures of all formats, and the samples where they are. */
function seedRecords(): readonly SeedRecord[] {
  return [...readFixtures(), ...(haveSamples ? readSamples() : [])].filter(
    ({ value }) => value.length <= seed_bytes_max,
  );
}

test(`no damaged record throws, is lost or becomes an invalid document (${runs} runs, BREAKWATER_SEED=${seed})`, () => {
  const formats = allFormats();
  const random = createRandom(seed);
  const records = seedRecords();
  for (let run = 0; run < runs; run++) {
    const record = records[Math.floor(random() * records.length)];
    if (record === undefined) throw new Error('no fixtures');
    const value = mutate(record.value, random);
    const reading = readValue(value, record.family, formats[record.family]);
    const bugs = reading.rejected.filter(({ reason }) => reason === 'format.failed');
    const problems = [...bugs, ...reading.events.flatMap(problemsOf)];
    expect(problems, `run ${run}, seed ${seed}: ${value.toString('utf8', 0, 2_000)}`).toEqual([]);
  }
}, 3_600_000);

/** What is invalid about the document, and that all of it can be written. */
function problemsOf(event: NormalisedEvent): readonly unknown[] {
  codecs.event.encode(toAvroEvent(event));
  for (const signal of signalsOf(event, [])) codecs.signal.encode(signal);
  for (const fact of factsOf(event, () => true)) codecs.fact.encode(fact);
  return violationsOf(event);
}
