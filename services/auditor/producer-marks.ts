import { z } from 'zod';

/** How a record's number compares with what came from its producer before. */
export type Arrival =
  | { readonly kind: 'next' }
  | { readonly kind: 'duplicate' }
  /** One that was missed, after all. */
  | { readonly kind: 'late' }
  /** Numbers are missing: `from` inclusive, `to` exclusive. */
  | { readonly kind: 'gap'; readonly from: bigint; readonly to: bigint };

/** Producers that are remembered; the ones not heard of for longest go first. */
const producers_max = 1_000;
/** Holes remembered for each producer; beyond it what was missed and comes late counts as a duplicate. */
const holes_max = 64;

const digits = z.string().regex(/^\d+$/);
const marksSchema = z.array(
  z.strictObject({ producer: z.string(), next: digits, holes: z.array(z.tuple([digits, digits])) }),
);

interface Mark {
  next: bigint;
  /** Numbers that were passed over: [from, to). */
  holes: [bigint, bigint][];
}

/**
 * How far each producer is: every number of a producer is expected once and in order. This is what makes a second
 * delivery of a record harmless and a lost record visible.
 */
export class ProducerMarks {
  /** Least recently heard of first. */
  readonly #marks = new Map<string, Mark>();

  arrive(producer: string, sequence: bigint): Arrival {
    const mark = this.#marks.get(producer) ?? { next: 0n, holes: [] };
    this.#marks.delete(producer);
    this.#marks.set(producer, mark);
    this.#forgetOldest();
    if (sequence < mark.next) return fillHole(mark, sequence) ? { kind: 'late' } : { kind: 'duplicate' };
    const from = mark.next;
    mark.next = sequence + 1n;
    if (sequence === from) return { kind: 'next' };
    mark.holes = [...mark.holes, [from, sequence] satisfies [bigint, bigint]].slice(-holes_max);
    return { kind: 'gap', from, to: sequence };
  }

  /** The number expected next from one producer. */
  nextOf(producer: string): bigint {
    return this.#marks.get(producer)?.next ?? 0n;
  }

  /** The number expected next from each producer. */
  next(): ReadonlyMap<string, bigint> {
    return new Map([...this.#marks].map(([producer, mark]) => [producer, mark.next]));
  }

  toJson(): unknown {
    return [...this.#marks].map(([producer, { next, holes }]) => ({
      producer,
      next: String(next),
      holes: holes.map(([from, to]) => [String(from), String(to)]),
    }));
  }

  static fromJson(json: unknown): ProducerMarks {
    const marks = new ProducerMarks();
    for (const { producer, next, holes } of marksSchema.parse(json)) {
      marks.#marks.set(producer, {
        next: BigInt(next),
        holes: holes.map(([from, to]) => [BigInt(from), BigInt(to)]),
      });
    }
    return marks;
  }

  #forgetOldest(): void {
    if (this.#marks.size <= producers_max) return;
    const [oldest] = this.#marks.keys();
    if (oldest !== undefined) this.#marks.delete(oldest);
  }
}

function fillHole(mark: Mark, sequence: bigint): boolean {
  const hole = mark.holes.find(([from, to]) => from <= sequence && sequence < to);
  if (hole === undefined) return false;
  const [from, to] = hole;
  const rest: [bigint, bigint][] = [
    [from, sequence],
    [sequence + 1n, to],
  ];
  mark.holes = mark.holes.flatMap((each) => (each === hole ? rest.filter(([a, b]) => a < b) : [each]));
  return true;
}
