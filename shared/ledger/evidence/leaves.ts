import { type CheckedLeaf, readLeaf, type StageCount, stageCounts } from './leaf-text.ts';

/**
 * What the leaves of a log say about one another: numbers of producers without holes, running counts and totals that
 * add up. A log whose tree is intact can still tell of a loss; then the loss is named here.
 */

/** Numbers of a producer that the log says are missing: [from, to). */
interface Gap {
  readonly producer: string;
  readonly from: bigint;
  readonly to: bigint;
}

type Facts = CheckedLeaf['facts'];

/** Looks at the leaves of one log in order. */
export class LeafChecker {
  readonly #log: string;
  readonly #next = new Map<string, bigint>();
  readonly #types = new Map<string, bigint>();
  readonly #stages = new Map<string, Map<string, bigint>>();
  #continued = false;
  #next_index = 0;
  /** What was counted before the leaves at hand is learned from the first total of each kind; undefined: all are here. */
  #adopted: Set<string> | undefined;
  readonly #onLeaf: ((leaf: CheckedLeaf, index: number) => string | undefined) | undefined;
  /** The gap that the leaf before told of. */
  #gap: Gap | undefined;
  /** What may still come late. */
  readonly #gaps: Gap[] = [];
  /** Losses that the log itself reports. */
  readonly losses: string[] = [];
  /** What the first leaf says of the log before this one. */
  previous: { readonly log: string; readonly size: string; readonly root: string } | undefined;

  /** `log` is the log's name, the last part of its origin. `onLeaf` says what else is wrong with a leaf. */
  constructor(log: string, onLeaf?: (leaf: CheckedLeaf, index: number) => string | undefined) {
    this.#log = log;
    this.#onLeaf = onLeaf;
  }

  /** What is wrong with the entry at `index`; undefined when nothing is. */
  check(entry: Buffer, index: number): string | undefined {
    const leaf = readLeaf(entry);
    if (leaf === undefined) return 'is not a leaf of Breakwater';
    if (leaf.log !== this.#log) return `belongs to the log ${leaf.log}`;
    if (index === 0) this.#noteBeginning(leaf);
    if (index !== this.#next_index) this.#resume();
    this.#next_index = index + 1;
    // Both look at every leaf, whatever the other says.
    const [sequence, totals] = [this.#checkSequence(leaf), this.#checkTotals(leaf)];
    const wrong = sequence ?? totals ?? this.#onLeaf?.(leaf, index);
    this.#noteGap(leaf);
    this.#count(leaf);
    return wrong;
  }

  #noteBeginning(leaf: CheckedLeaf): void {
    if (leaf.type !== 'shard.opened') return;
    const { previous_log, previous_size, previous_root } = leaf.facts;
    if (previous_log === undefined) return;
    this.previous = { log: previous_log, size: previous_size ?? '', root: previous_root ?? '' };
    this.#continued = true;
  }

  /** Leaves before this one were pruned. */
  #resume(): void {
    this.#continued = true;
    this.#adopted = new Set();
    this.#next.clear();
    this.#types.clear();
    this.#stages.clear();
  }

  #checkSequence({ producer, sequence }: CheckedLeaf): string | undefined {
    const number = BigInt(sequence);
    const gap = this.#gap?.producer === producer ? this.#gap : undefined;
    this.#gap = undefined;
    // A log that continues another does not show where its producers began.
    const expected = this.#next.get(producer) ?? (this.#continued ? number : 0n);
    if (number < expected)
      return this.#isLate(producer, number) ? undefined : `${producer} has the number ${number} twice`;
    this.#next.set(producer, number + 1n);
    if (number === expected || (gap !== undefined && gap.from <= expected && gap.to === number))
      return undefined;
    return `${producer} jumps from ${expected} to ${number}, and no leaf says that something is missing`;
  }

  /** A number that a gap left out may come later, once. */
  #isLate(producer: string, number: bigint): boolean {
    const gap = this.#gaps.find(
      (each) => each.producer === producer && each.from <= number && number < each.to,
    );
    if (gap === undefined) return false;
    this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    for (const rest of [
      { ...gap, to: number },
      { ...gap, from: number + 1n },
    ]) {
      if (rest.from < rest.to) this.#gaps.push(rest);
    }
    return true;
  }

  #noteGap(leaf: CheckedLeaf): void {
    const { type } = leaf;
    if (type !== 'audit.gap' && type !== 'source.loss') return;
    const { facts } = leaf;
    const { producer, sequence_from, sequence_to } = facts;
    this.losses.push(
      `${type}: ${Object.entries(facts)
        .map(([key, value]) => `${key} ${value}`)
        .join(', ')}`,
    );
    if (producer === undefined || sequence_from === undefined || sequence_to === undefined) return;
    this.#gap = { producer, from: BigInt(sequence_from), to: BigInt(sequence_to) };
    this.#gaps.push(this.#gap);
  }

  #checkTotals(leaf: CheckedLeaf): string | undefined {
    if (leaf.type === 'audit.counts') return this.#checkTypes(leaf.facts);
    if (leaf.type === 'audit.totals') return this.#checkStage(leaf);
    return leaf.type.startsWith('batch.') ? this.#addToStage(leaf) : undefined;
  }

  #checkTypes(facts: Facts): string | undefined {
    this.#adopt('audit.counts', facts);
    for (const [fact, value] of Object.entries(facts)) {
      const counted = this.#types.get(fact.slice('count.'.length)) ?? 0n;
      if (!fact.startsWith('count.') || fact === 'count.other') continue;
      if (String(counted) !== value) return `says ${fact} ${value}, but there are ${counted}`;
    }
    return undefined;
  }

  #checkStage(leaf: CheckedLeaf): string | undefined {
    const { facts } = leaf;
    this.#adopt('audit.totals', facts);
    const counts = stageCounts(leaf);
    if (facts['stage'] !== 'other' && facts['other'] === undefined) {
      const sums = this.#stages.get(facts['stage'] ?? '');
      for (const { fact, count } of counts ?? []) {
        const sum = sums?.get(fact) ?? 0n;
        if (sum !== count) return `says ${fact} ${count}, the batches add up to ${sum}`;
      }
    }
    return checkEquation(counts);
  }

  #addToStage(leaf: CheckedLeaf): string | undefined {
    const counts = stageCounts(leaf);
    const sums = this.#stages.get(leaf.type) ?? new Map<string, bigint>();
    this.#stages.set(leaf.type, sums);
    for (const { fact, count } of counts ?? []) sums.set(fact, (sums.get(fact) ?? 0n) + count);
    return checkEquation(counts);
  }

  /** Takes the first total after pruned leaves as it is: later ones must follow from it. */
  #adopt(type: string, facts: Facts): void {
    const stage = type === 'audit.totals' ? (facts['stage'] ?? '') : type;
    if (this.#adopted === undefined || this.#adopted.has(stage)) return;
    this.#adopted.add(stage);
    const sums = type === 'audit.totals' ? new Map<string, bigint>() : this.#types;
    if (type === 'audit.totals') this.#stages.set(stage, sums);
    for (const [fact, value] of Object.entries(facts)) {
      if (/^\d+$/.test(value)) sums.set(fact.replace(/^count\./, ''), BigInt(value));
    }
  }

  #count({ type }: CheckedLeaf): void {
    this.#types.set(type, (this.#types.get(type) ?? 0n) + 1n);
  }
}

/** Nothing that went into a stage may be unaccounted for. */
function checkEquation(counts: readonly StageCount[] | undefined): string | undefined {
  if (counts === undefined) return 'has a count that is no number or comes twice';
  let [records, ok, accounted]: [bigint | undefined, bigint | undefined, bigint] = [undefined, undefined, 0n];
  for (const { fact, count } of counts) {
    if (fact === 'records') records = count;
    else accounted += count;
    if (fact === 'ok') ok = count;
  }
  if (records === undefined || ok === undefined || accounted === records) return undefined;
  return `${records} records went in, ${accounted} are accounted for`;
}
