import { attackRecords, attackTitle } from './attack.ts';
import { inventoryRecords, noiseRecords } from './noise.ts';
import { hashOf, type ScenarioRecord } from './record.ts';
import { createWorld, type World } from './world.ts';

export interface ScenarioOptions {
  readonly seed: number;
  readonly start_ms: number;
  readonly duration_ms: number;
  readonly benign_records: number;
  /** Latest arrival after the event, in ms; a share of records comes this late. */
  readonly lateness_ms_max: number;
  /** 0 to 1: how many records come twice. */
  readonly duplicates: number;
  /** False: ordinary life alone. A story: another one than that of the demonstration. */
  readonly attack?: boolean | Story;
}

/** An attack, told by its records. */
export interface Story {
  readonly title: string;
  readonly records: (world: World) => readonly ScenarioRecord[];
}

const demonstration: Story = { title: attackTitle, records: attackRecords };

/** A line of `stream.ndjson`. */
export interface StreamLine {
  readonly topic: string;
  readonly key: string | null;
  readonly timestamp: number;
  readonly value: string;
}

/** What the pipeline should find. */
export interface Truth {
  readonly title: string;
  readonly events: readonly string[];
  readonly key_events: readonly string[];
}

/** An attack among benign records, in order of arrival, and the truth about it. The same options give the same bytes. */
export function createScenario(options: ScenarioOptions): {
  readonly lines: readonly StreamLine[];
  readonly truth: Truth;
} {
  const world = createWorld(options.seed, options.start_ms);
  const { attack: told = true } = options;
  const story = typeof told === 'object' ? told : demonstration;
  const written = told === false ? [] : story.records(world);
  // What an attack makes without being it, such as the pod object of its workload, is in nobody's truth.
  const attack = written.filter(({ role }) => role !== 'benign');
  const records = [
    ...inventoryRecords(world),
    ...noiseRecords(world, options.benign_records, options.duration_ms),
    ...written,
  ];
  const arrivals = records.flatMap((record) => {
    const first = arrivalOf(record, world.random, options.lateness_ms_max);
    if (world.random() >= options.duplicates) return [first];
    return [first, { ...first, timestamp: first.timestamp + Math.floor(world.random() * 30_000) }];
  });
  const lines = arrivals.toSorted((a, b) => a.timestamp - b.timestamp);
  const hashes = (some: readonly ScenarioRecord[]): readonly string[] => some.map(hashOf);
  return {
    lines,
    truth: {
      title: story.title,
      events: hashes(attack),
      key_events: hashes(attack.filter((record) => record.role === 'key')),
    },
  };
}

/** Most records come within two seconds; one in twenty takes longer. */
function arrivalOf(record: ScenarioRecord, random: () => number, lateness_ms_max: number): StreamLine {
  const lateness_ms =
    random() < 0.05 ? random() * lateness_ms_max : random() * Math.min(2000, lateness_ms_max);
  return {
    topic: record.topic,
    key: record.key,
    timestamp: record.time_ms + Math.floor(lateness_ms),
    value: record.value,
  };
}
