import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '#shared/avro/types.generated.ts';
import type { OutgoingRecord } from '#shared/kafka/port.ts';
import type { RuleFiles } from '#shared/sigma/set/load.ts';
import { eventFamilies, families } from '../../../schemas/topics/topics.ts';
import { stateFile } from '../../correlator/state-file.ts';
import { unusableLine } from '../embedded/dead-letter-line.ts';
import { EmbeddedPipeline } from '../embedded/pipeline.ts';
import { type LedgerCheck, checkLedger } from '../report/ledger.ts';
import { type FoundIncident, readIncidents } from '../report/incidents.ts';
import { Progress } from '../progress.ts';
import { type InputRecord, readFamilyFile, readStream } from './records.ts';
import { shuffled } from './shuffle.ts';

/** Records that go through the pipeline together. */
const feed_records_max = 5000;

export interface ReplayOptions {
  /** `-` is standard input. */
  readonly files: readonly string[];
  readonly out: string;
  readonly family?: Family | undefined;
  readonly scope: string;
  readonly rules: RuleFiles;
  readonly known_exploited?: string | undefined;
  readonly shuffle?: number | undefined;
  /** What its progress is shown as. */
  readonly label?: string | undefined;
}

/** What a replay did. */
export interface ReplayResult {
  readonly out: string;
  readonly duration_ms: number;
  readonly records: number;
  readonly records_by_family: Readonly<Record<string, number>>;
  readonly events: number;
  readonly signals: number;
  readonly dead_letters: number;
  /** Why records are in `dlq.ndjson`. */
  readonly dead_letter_reasons: Readonly<Record<string, number>>;
  /** Records that a named policy left out, by policy. */
  readonly left_out: Readonly<Record<string, number>>;
  readonly incidents: readonly FoundIncident[];
  readonly ledger: readonly LedgerCheck[];
}

const outputs = [
  'events.ndjson',
  'signals.ndjson',
  'firings.ndjson',
  'incidents.ndjson',
  'timeline.ndjson',
  'incident-changes.ndjson',
  'dlq.ndjson',
  stateFile,
  'ledger',
  'keys',
];

/** Runs files through the whole pipeline. Replaces what an earlier replay wrote into `out`. */
export async function runReplay(options: ReplayOptions): Promise<ReplayResult> {
  for (const name of outputs) rmSync(join(options.out, name), { recursive: true, force: true });
  const pipeline = await EmbeddedPipeline.start(options);
  const input = new Input(pipeline, totalBytes(options.files), options.label);
  const started_ms = performance.now();
  if (options.shuffle === undefined) for await (const records of batches(options)) await input.feed(records);
  else await input.feedAll(shuffled((await Array.fromAsync(batches(options))).flat(), options.shuffle));
  await input.end();
  await pipeline.finish();
  const duration_ms = performance.now() - started_ms;
  const { counts } = pipeline;
  const rejected = new Map(input.reasons);
  const dropped = new Map<string, number>();
  for (const family of families) {
    addCounts(rejected, counts.of(`raw.${family}`).rejected);
    addCounts(dropped, counts.of(`raw.${family}`).dropped);
  }
  return {
    out: options.out,
    duration_ms: Math.round(duration_ms),
    records: input.records,
    records_by_family: Object.fromEntries(
      families.map((family) => [family, counts.of(`raw.${family}`).records]),
    ),
    events: eventFamilies.reduce((total, family) => total + counts.of(`events.${family}`).outcomes.ok, 0),
    signals: pipeline.signals.lines,
    dead_letters: pipeline.deadLetters.lines,
    dead_letter_reasons: Object.fromEntries(rejected),
    left_out: Object.fromEntries(dropped),
    incidents: readIncidents(options.out),
    ledger: checkLedger(join(options.out, 'ledger')),
  };
}

function addCounts(total: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) total.set(name, (total.get(name) ?? 0) + count);
}

async function* batches({ files, family }: ReplayOptions): AsyncGenerator<InputRecord[]> {
  for (const file of files) yield* family === undefined ? readStream(file) : readFamilyFile(file, family);
}

function totalBytes(files: readonly string[]): number {
  return files.includes('-') ? 0 : files.reduce((total, file) => total + statSync(file).size, 0);
}

/** Feeds the pipeline in pieces of bounded size and shows how far it is. */
class Input {
  readonly reasons = new Map<string, number>();
  records = 0;
  readonly #pipeline: EmbeddedPipeline;
  readonly #progress: Progress;
  readonly #total_bytes: number;
  #done_bytes = 0;
  #pending: OutgoingRecord[] = [];

  constructor(pipeline: EmbeddedPipeline, total_bytes: number, label = 'replay') {
    this.#pipeline = pipeline;
    this.#total_bytes = total_bytes;
    this.#progress = new Progress(label);
  }

  async feed(inputs: readonly InputRecord[]): Promise<void> {
    for (const input of inputs) {
      this.records += 1;
      if (input.kind === 'record') this.#pending.push(input.record);
      else this.#reject(input);
    }
    if (this.#pending.length >= feed_records_max) await this.#flush();
  }

  async feedAll(inputs: readonly InputRecord[]): Promise<void> {
    for (let at = 0; at < inputs.length; at += feed_records_max)
      await this.feed(inputs.slice(at, at + feed_records_max));
  }

  async end(): Promise<void> {
    await this.#flush();
    this.#progress.clear();
  }

  async #flush(): Promise<void> {
    const records = this.#pending;
    this.#pending = [];
    await this.#pipeline.feed(records);
    for (const { value } of records) this.#done_bytes += value?.length ?? 0;
    this.#progress.show(
      this.records,
      share(this.#done_bytes, this.#total_bytes),
      `${this.#pipeline.signals.lines} signals`,
    );
  }

  #reject({ line, line_number, reason }: Extract<InputRecord, { kind: 'unusable' }>): void {
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    this.#pipeline.deadLetters.write(unusableLine(line, line_number, reason));
  }
}

/** 0 to 1; undefined while the size of the input is unknown. */
function share(done: number, total: number): number | undefined {
  return total === 0 ? undefined : Math.min(1, done / total);
}
