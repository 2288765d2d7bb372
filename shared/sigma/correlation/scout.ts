import type { Signal } from '#shared/avro/types.generated.ts';

/**
 * Tells at once, for hits that come in order, whether the window that ends with the newest one fulfils the condition.
 * All it remembers of a group are a few numbers in a row of a table: nothing is allocated and no window is gone over.
 * Times are nanoseconds from some moment of the group.
 */
export interface Scout {
  /** Numbers of a row that it uses. */
  readonly width: number;
  /** The number of what it compares of a signal, from a source of a number; -1 where there is nothing to compare. */
  read(signal: Signal, source: number): number;
  /** Prepares the numbers of a group without hits. */
  begin(rows: Float64Array, at: number): void;
  /** Takes the newest hit of a group; `read`: what was read of it; `same_time`: it has the time of the one before. */
  take(
    rows: Float64Array,
    at: number,
    read: number,
    source: number,
    time: number,
    same_time: boolean,
  ): Verdict;
}

/** `unsure`: it no longer knows what it should; it has to begin anew and be told the last window again. */
export type Verdict = 'holds' | 'fails' | 'unsure';

/** Nothing to compare. */
const nothing = -1;
const never = Number.NEGATIVE_INFINITY;

/** At least `count` hits within a timespan: the one so many back is not too old. */
export function countScout(count: number, timespan: number): Scout {
  // A ring of the times of the hits before the newest one, behind the place where the next time goes.
  const places = count - 1;
  return {
    width: 1 + places,
    read: () => nothing,
    begin(rows, at) {
      rows.fill(never, at + 1, at + 1 + places);
      rows[at] = 0;
    },
    take(rows, at, _read, _source, time) {
      if (places <= 0) return 'holds';
      const next = rows[at] ?? 0;
      const oldest = rows[at + 1 + next] ?? never;
      rows[at + 1 + next] = time;
      rows[at] = next + 1 === places ? 0 : next + 1;
      return time - oldest <= timespan ? 'holds' : 'fails';
    },
  };
}

/** Numbers of texts that a scout compares. */
export interface TextNumbers {
  /** Lower numbers mean nothing any more. */
  readonly first: number;
  numberOf(text: string): number;
}

/** At least `count` different texts within a timespan: the last time of the text so many back is not too old. */
export function distinctScout(
  count: number,
  timespan: number,
  textOf: (signal: Signal, source: number) => string | undefined,
  texts: TextNumbers,
): Scout {
  // Pairs of a text's number and its last time, latest first, behind the first number that they may have.
  const pairs_end = 1 + 2 * count;
  return {
    width: pairs_end,
    read(signal, source) {
      const text = textOf(signal, source);
      return text === undefined ? nothing : texts.numberOf(text);
    },
    begin(rows, at) {
      rows[at] = texts.first;
      rows.fill(never, at + 1, at + pairs_end);
    },
    take(rows, at, read, _source, time) {
      if (read !== nothing) {
        if (read < texts.first || rows[at] !== texts.first) return 'unsure';
        let place = at + 1;
        const last = at + pairs_end - 2;
        while (place < last && rows[place] !== read && rows[place] !== never) place += 2;
        for (; place > at + 1; place -= 2) {
          rows[place] = rows[place - 2] ?? never;
          rows[place + 1] = rows[place - 1] ?? never;
        }
        rows[at + 1] = read;
        rows[at + 2] = time;
      }
      return time - (rows[at + pairs_end - 1] ?? never) <= timespan ? 'holds' : 'fails';
    },
  };
}

/** Sources that are there within a timespan, in any order: the last time of each. */
export function presenceScout(
  sources: number,
  timespan: number,
  holds: (isThere: (source: number) => boolean) => boolean,
): Scout {
  let table: Float64Array = new Float64Array();
  let begin = 0;
  let newest = 0;
  const isThere = (source: number): boolean => newest - (table[begin + source] ?? never) <= timespan;
  return {
    width: sources,
    read: () => nothing,
    begin(rows, at) {
      rows.fill(never, at, at + sources);
    },
    take(rows, at, _read, source, time) {
      rows[at + source] = time;
      table = rows;
      begin = at;
      newest = time;
      return holds(isThere) ? 'holds' : 'fails';
    },
  };
}

/** All steps of a chain within a timespan, each strictly later than the one before. */
export function orderScout(chain: readonly number[], timespan: number): Scout {
  // For each step the latest beginning of a chain up to it: before the present time, then with it.
  const steps = chain.length;
  return {
    width: 2 * steps,
    read: () => nothing,
    begin(rows, at) {
      rows.fill(never, at, at + 2 * steps);
    },
    take(rows, at, _read, source, time, same_time) {
      const now = at + steps;
      if (!same_time) for (let step = 0; step < steps; step += 1) rows[at + step] = rows[now + step] ?? never;
      for (let step = 0; step < steps; step += 1) {
        if (chain[step] !== source) continue;
        const beginning = step === 0 ? time : (rows[at + step - 1] ?? never);
        if (beginning > (rows[now + step] ?? never)) rows[now + step] = beginning;
      }
      return time - (rows[now + steps - 1] ?? never) <= timespan ? 'holds' : 'fails';
    },
  };
}
