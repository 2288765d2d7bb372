/**
 * What the leaves of a log say about one another: numbers of producers without holes, running counts and totals that
 * add up. A log whose tree is intact can still tell of a loss; then the loss is named here.
 */

interface Leaf {
  readonly type: string;
  readonly log: string;
  readonly producer: string;
  readonly sequence: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** Numbers of a producer that the log says are missing: [from, to). */
interface Gap {
  readonly producer: string;
  readonly from: bigint;
  readonly to: bigint;
}

const stageFact = /^(?:records|ok|duplicate|(?:drop|reject)\..+)$/;

/** Looks at the leaves of one log in order. */
export class LeafChecker {
  readonly #log: string;
  readonly #next = new Map<string, bigint>();
  readonly #types = new Map<string, bigint>();
  readonly #stages = new Map<string, Map<string, bigint>>();
  #continued = false;
  /** The gap that the leaf before told of. */
  #gap: Gap | undefined;
  /** What may still come late. */
  readonly #gaps: Gap[] = [];
  /** Losses that the log itself reports. */
  readonly losses: string[] = [];
  /** What the first leaf says of the log before this one. */
  previous: { readonly log: string; readonly size: string; readonly root: string } | undefined;

  /** `log` is the log's name, the last part of its origin. */
  constructor(log: string) {
    this.#log = log;
  }

  /** What is wrong with the entry at `index`; undefined when nothing is. */
  check(entry: Buffer, index: number): string | undefined {
    const leaf = parse(entry);
    if (leaf === undefined) return 'is not a leaf of Breakwater';
    if (leaf.log !== this.#log) return `belongs to the log ${leaf.log}`;
    if (index === 0) this.#noteBeginning(leaf);
    const wrong = this.#checkSequence(leaf) ?? this.#checkTotals(leaf);
    this.#noteGap(leaf);
    this.#count(leaf);
    return wrong;
  }

  #noteBeginning({ type, facts }: Leaf): void {
    const { previous_log, previous_size, previous_root } = facts;
    if (type !== 'shard.opened' || previous_log === undefined) return;
    this.previous = { log: previous_log, size: previous_size ?? '', root: previous_root ?? '' };
    this.#continued = true;
  }

  #checkSequence({ producer, sequence }: Leaf): string | undefined {
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

  #noteGap({ type, facts }: Leaf): void {
    if (type !== 'audit.gap' && type !== 'source.loss') return;
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

  #checkTotals({ type, facts }: Leaf): string | undefined {
    if (type === 'audit.counts') {
      for (const [fact, value] of Object.entries(facts)) {
        const counted = this.#types.get(fact.slice('count.'.length)) ?? 0n;
        if (!fact.startsWith('count.') || fact === 'count.other') continue;
        if (String(counted) !== value) return `says ${fact} ${value}, but there are ${counted}`;
      }
    }
    if (type === 'audit.totals' && facts['stage'] !== 'other' && facts['other'] === undefined) {
      const sums = this.#stages.get(facts['stage'] ?? '') ?? new Map<string, bigint>();
      for (const [fact, value] of Object.entries(facts)) {
        const sum = sums.get(fact) ?? 0n;
        if (stageFact.test(fact) && String(sum) !== value)
          return `says ${fact} ${value}, the batches add up to ${sum}`;
      }
    }
    return type.startsWith('batch.') || type === 'audit.totals' ? checkEquation(facts) : undefined;
  }

  #count({ type, facts }: Leaf): void {
    this.#types.set(type, (this.#types.get(type) ?? 0n) + 1n);
    if (!type.startsWith('batch.')) return;
    const sums = this.#stages.get(type) ?? new Map<string, bigint>();
    this.#stages.set(type, sums);
    for (const [fact, value] of Object.entries(facts)) {
      if (stageFact.test(fact) && /^\d+$/.test(value)) sums.set(fact, (sums.get(fact) ?? 0n) + BigInt(value));
    }
  }
}

/** Nothing that went into a stage may be unaccounted for. */
function checkEquation(facts: Readonly<Record<string, string>>): string | undefined {
  const { records } = facts;
  if (records === undefined || facts['ok'] === undefined) return undefined;
  const accounted = Object.entries(facts)
    .filter(([fact]) => stageFact.test(fact) && fact !== 'records')
    .reduce((sum, [, value]) => sum + BigInt(value), 0n);
  return String(accounted) === records
    ? undefined
    : `${records} records went in, ${accounted} are accounted for`;
}

function parse(entry: Buffer): Leaf | undefined {
  let leaf: unknown;
  try {
    leaf = JSON.parse(entry.toString());
  } catch {
    return undefined;
  }
  return isLeaf(leaf) ? leaf : undefined;
}

function isLeaf(value: unknown): value is Leaf {
  if (typeof value !== 'object' || value === null) return false;
  const { type, log, producer, sequence, facts, version }: Partial<Record<string, unknown>> = { ...value };
  if (version !== 1 || typeof type !== 'string' || typeof log !== 'string' || typeof producer !== 'string')
    return false;
  if (typeof sequence !== 'string' || !/^\d{1,20}$/.test(sequence)) return false;
  return (
    typeof facts === 'object' &&
    facts !== null &&
    Object.values(facts).every((fact) => typeof fact === 'string')
  );
}
