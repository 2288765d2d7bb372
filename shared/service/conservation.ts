import type { Outcome } from './outcome.ts';

/** Counts of one batch, or of a service's life. */
export interface Tally {
  readonly records: number;
  readonly ok: number;
  readonly duplicate: number;
  /** By reason. */
  readonly drop: Readonly<Record<string, number>>;
  readonly reject: Readonly<Record<string, number>>;
}

/** Counts the outcomes of a batch. */
export function tallyOf(outcomes: readonly Outcome[]): Tally {
  const drop: Record<string, number> = {};
  const reject: Record<string, number> = {};
  let ok = 0;
  let duplicate = 0;
  for (const outcome of outcomes) {
    if (outcome.kind === 'ok') ok += 1;
    else if (outcome.kind === 'duplicate') duplicate += 1;
    else if (outcome.kind === 'drop') drop[outcome.reason] = (drop[outcome.reason] ?? 0) + 1;
    else reject[outcome.reason] = (reject[outcome.reason] ?? 0) + 1;
  }
  return { records: outcomes.length, ok, duplicate, drop, reject };
}

/**
 * The equation `in = ok + duplicate + drop + reject + in flight`, kept as a running balance: `in` is counted when a
 * batch is read, the rest when its outcomes are durable.
 */
export class Conservation {
  #in = 0;
  #accounted = 0;

  read(records: number): void {
    this.#in += records;
  }

  settled(tally: Tally): void {
    this.#accounted += tally.ok + tally.duplicate + sum(tally.drop) + sum(tally.reject);
  }

  /** Records whose outcome is not known yet; never negative, 0 at rest. */
  get in_flight(): number {
    return this.#in - this.#accounted;
  }

  get records_in(): number {
    return this.#in;
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
