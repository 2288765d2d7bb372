import type { Live } from '../live.ts';
import { lowerBound, toNs } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import { insert, remove } from './history.ts';

/** One pair of who talks to whom. */
interface Pair {
  readonly lives: Live[];
  /** Times of signals that were let go of, while others of the pair live. */
  gone_ns: bigint[];
}

/** When each pair was seen talking: an attach signal of a pair that is not new joins nothing. */
export class FlowPairs {
  readonly #pairs = new Map<string, Pair>();
  readonly #lookback_ns: bigint;

  constructor({ attach }: Parameters) {
    this.#lookback_ns = toNs(attach.flow_lookback_ms);
  }

  add(live: Live): void {
    if (live.flow_pair === undefined) return;
    const pair = this.#pairs.get(live.flow_pair) ?? { lives: [], gone_ns: [] };
    insert(pair.lives, live);
    this.#pairs.set(live.flow_pair, pair);
  }

  /** `evicted`: its time still counts for what remains of the pair. */
  remove(live: Live, evicted: boolean): void {
    const pair = live.flow_pair === undefined ? undefined : this.#pairs.get(live.flow_pair);
    if (pair === undefined || live.flow_pair === undefined) return;
    remove(pair.lives, live);
    const [oldest] = pair.lives;
    if (oldest === undefined) this.#pairs.delete(live.flow_pair);
    else if (evicted) {
      const needed_ns = oldest.time_ns - this.#lookback_ns;
      pair.gone_ns = [...pair.gone_ns, live.time_ns].filter((time_ns) => time_ns >= needed_ns);
    }
  }

  /** Signals of a pair, in the order of `byTime`. */
  of(pair: string): readonly Live[] {
    return this.#pairs.get(pair)?.lives ?? [];
  }

  /** Whether the pair was seen in an interval (`to_ns` exclusive). */
  seenBetween(pair: string, from_ns: bigint, to_ns: bigint): boolean {
    const known = this.#pairs.get(pair);
    if (known === undefined) return false;
    const first = known.lives[lowerBound(known.lives, from_ns)];
    if (first !== undefined && first.time_ns < to_ns) return true;
    return known.gone_ns.some((time_ns) => time_ns >= from_ns && time_ns < to_ns);
  }

  /** Times of signals that are gone, for checkpoints. */
  *remembered(): Iterable<readonly [pair: string, gone_ns: readonly bigint[]]> {
    for (const [pair, { gone_ns }] of this.#pairs) if (gone_ns.length > 0) yield [pair, gone_ns];
  }

  remember(pair: string, gone_ns: readonly bigint[]): void {
    const known = this.#pairs.get(pair);
    if (known !== undefined) known.gone_ns = [...gone_ns];
  }
}
