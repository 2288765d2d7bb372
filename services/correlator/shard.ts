import type { StreamBatch } from '#shared/kafka/port.ts';
import type { Correlations } from '#shared/sigma/correlation/port.ts';
import type { Checkpoint, TopicPosition } from './checkpoint/port.ts';
import { type Changes, ceiling_tolerance_ns, ScopeFold, type SignalOutcome } from './core/fold.ts';
import type { Parameters } from './core/parameters.ts';
import { loadFold, saveFold } from './core/snapshot.ts';
import { type Input, inputTopics } from './inputs.ts';

/** A batch with its records read. */
export interface ReadBatch {
  readonly batch: StreamBatch;
  readonly inputs: readonly Input[];
}

/** What has to be written. */
export interface ShardChanges {
  readonly scopes: readonly { readonly scope: string; readonly changes: Changes }[];
  /** Sum of the positions in all topics, and 1: grows with whatever is read. */
  readonly write_version: bigint;
}

export interface ShardOptions {
  readonly partition: number;
  readonly parameters: Parameters;
  readonly correlations: () => Correlations;
  /** How long correlation rules look back: signals of that time are recalled after a restart. */
  readonly recall_ms: number;
}

/** How far apart places are remembered at which recalling may begin. */
const mark_interval_ms = 60_000;

/** A place in the signals, and the broker's time there. */
interface Mark {
  readonly offset: bigint;
  readonly timestamp_ms: number;
}

/**
 * The state of one partition: the folds of its scopes, and how far each topic was read. One partition number holds the
 * same scopes in all topics.
 */
export class Shard {
  readonly #options: ShardOptions;
  readonly #folds = new Map<string, ScopeFold>();
  readonly #positions = new Map<string, bigint>();
  #marks: Mark[] = [];
  #latest_ms = 0;
  /** Raises the version of what is written: the same inputs may mean something else to other rules, parameters or code. */
  #restarts = 0n;
  /** The correlation rules know all signals up to the position, or will once those before it are read. */
  #remembers = true;
  #recalling = false;

  constructor(options: ShardOptions, starts: readonly TopicPosition[]) {
    this.#options = options;
    for (const { topic, offset } of starts) this.#positions.set(topic, offset);
  }

  /** Goes on from a checkpoint. */
  static restore(options: ShardOptions, checkpoint: Checkpoint): Shard {
    const shard = new Shard(options, checkpoint.positions);
    shard.#restarts = checkpoint.restarts + 1n;
    shard.#marks = [{ offset: checkpoint.recall_from, timestamp_ms: 0 }];
    const loaded = checkpoint.scopes.map((text) =>
      loadFold(text, options.parameters, options.correlations()),
    );
    for (const { fold } of loaded) shard.#folds.set(fold.scope, fold);
    shard.#remembers = loaded.every(({ remembers }) => remembers);
    shard.#recalling = shard.readFrom('signals') < shard.position('signals');
    return shard;
  }

  /** The next offset to apply. */
  position(topic: string): bigint {
    return this.#positions.get(topic) ?? 0n;
  }

  /** Where to read on: signals that correlation rules must see again come first. */
  readFrom(topic: string): bigint {
    return topic === 'signals' && !this.#remembers ? this.#recallFrom() : this.position(topic);
  }

  /** The folds, to be shown what was written before. */
  fold(scope: string): ScopeFold {
    const known = this.#folds.get(scope);
    if (known !== undefined) return known;
    const fold = new ScopeFold(scope, this.#options.parameters, this.#options.correlations());
    this.#folds.set(scope, fold);
    return fold;
  }

  /**
   * Takes batches of any of the topics; what was taken before is recalled, or left out. Returns what became of the
   * records of each batch, in order.
   */
  take(batches: readonly ReadBatch[]): readonly (readonly SignalOutcome[])[] {
    const byScope = new Map<string, Collected>();
    let timestamp_ms = 0;
    for (const { batch, inputs } of batches) {
      const position = this.position(batch.topic);
      const [first] = batch.records;
      if (batch.topic === 'signals' && first !== undefined) this.#mark(first.offset, first.timestamp_ms);
      for (const input of inputs) {
        timestamp_ms = Math.max(timestamp_ms, input.record.timestamp_ms);
        collect(byScope, input, input.record.offset < position);
      }
      const last = batch.records.at(-1);
      if (last === undefined) continue;
      if (last.offset >= position) this.#positions.set(batch.topic, last.offset + 1n);
      if (batch.topic === 'signals' && last.offset + 1n >= position) this.#recalling = false;
    }
    this.#latest_ms = Math.max(this.#latest_ms, timestamp_ms);
    const ceiling_ns = BigInt(timestamp_ms) * 1_000_000n + ceiling_tolerance_ns;
    const outcomes = new Map<Input, SignalOutcome>();
    for (const [scope, collected] of byScope) {
      const fold = this.fold(scope);
      fold.holdFirings(this.#recalling);
      fold.recall(collected.recalled, ceiling_ns);
      const signals = collected.signals.map(({ value }) => value);
      const taken = fold.take({ ...collected, signals, ceiling_ns });
      collected.signals.forEach((input, at) => outcomes.set(input, taken[at] ?? 'kept'));
    }
    return batches.map(({ inputs }) => inputs.map((input) => outcomes.get(input) ?? 'kept'));
  }

  folds(): Iterable<ScopeFold> {
    return this.#folds.values();
  }

  /** Joins what was taken. Returns what has to be written. */
  show(): ShardChanges {
    const scopes = [...this.#folds].map(([scope, fold]) => ({ scope, changes: fold.show() }));
    return { scopes, write_version: this.#version() };
  }

  /** Lets everything that is shown be written again, over what another run wrote up to this version. */
  resync(written_version: bigint): void {
    const behind = written_version - this.#version();
    if (behind >= 0n) this.#restarts += behind + 1n;
    for (const fold of this.#folds.values()) fold.resync();
  }

  /** `correlations: false` leaves out what the correlation rules remember. */
  save(output_offset: bigint, { correlations } = { correlations: true }): Checkpoint {
    return {
      partition: this.#options.partition,
      positions: inputTopics.map((topic) => ({ topic, offset: this.position(topic) })),
      recall_from: this.#recallFrom(),
      output_offset,
      restarts: this.#restarts,
      // What is only half recalled is recalled again after the next restart.
      scopes: Array.from(this.#folds.values(), (fold) => saveFold(fold, correlations && !this.#recalling)),
    };
  }

  #version(): bigint {
    return inputTopics.reduce((total, topic) => total + this.position(topic), this.#restarts + 1n);
  }

  #mark(offset: bigint, timestamp_ms: number): void {
    const last = this.#marks.at(-1);
    if (last === undefined || timestamp_ms - last.timestamp_ms >= mark_interval_ms) {
      this.#marks.push({ offset, timestamp_ms });
    }
    const limit_ms = this.#latest_ms - this.#options.recall_ms;
    const needed = this.#marks.findLastIndex((mark) => mark.timestamp_ms < limit_ms);
    if (needed > 0) this.#marks = this.#marks.slice(needed);
  }

  #recallFrom(): bigint {
    const position = this.position('signals');
    if (this.#options.recall_ms === 0) return position;
    const [mark] = this.#marks;
    return mark === undefined || mark.offset > position ? position : mark.offset;
  }
}

interface Collected {
  readonly signals: Extract<Input, { kind: 'signal' }>[];
  readonly recalled: Extract<Input, { kind: 'signal' }>['value'][];
  readonly facts: Extract<Input, { kind: 'fact' }>['value'][];
  readonly decisions: Extract<Input, { kind: 'decision' }>['value'][];
}

function collect(byScope: Map<string, Collected>, input: Input, before: boolean): void {
  if (input.kind === 'reject') return;
  const { scope } = input.value;
  const collected = byScope.get(scope) ?? { signals: [], recalled: [], facts: [], decisions: [] };
  byScope.set(scope, collected);
  if (input.kind === 'signal') {
    if (before) collected.recalled.push(input.value);
    else collected.signals.push(input);
  } else if (before) return;
  else if (input.kind === 'fact') collected.facts.push(input.value);
  else collected.decisions.push(input.value);
}
