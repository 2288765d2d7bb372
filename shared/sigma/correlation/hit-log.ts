import type { Signal } from '#shared/avro/types.generated.ts';

const capacity_first = 1024;
/** The place before the first hit of a group. */
export const no_hit = -1;

/**
 * Hits of all groups, but for those that became lists: each knows the one before it in its group. Appending is two
 * stores, whatever the group.
 */
export class HitLog {
  readonly #signals: (Signal | undefined)[] = [];
  readonly #free: number[] = [];
  #previous = new Int32Array(capacity_first);

  /** Puts a hit behind the newest of its group; returns its place. */
  append(newest: number, signal: Signal): number {
    let place = this.#free.pop();
    if (place === undefined) {
      place = this.#signals.push(signal) - 1;
      if (place === this.#previous.length) this.#grow();
    } else this.#signals[place] = signal;
    this.#previous[place] = newest;
    return place;
  }

  at(place: number): Signal | undefined {
    return this.#signals[place];
  }

  /** Whether a group holds a hit, looked for from its newest on. */
  holds(newest: number, { id, time_ns }: Signal): boolean {
    for (let place = newest; place !== no_hit; place = this.#previous[place] ?? no_hit) {
      const hit = this.#signals[place];
      if (hit === undefined || hit.time_ns < time_ns) return false;
      if (hit.time_ns === time_ns && hit.id === id) return true;
    }
    return false;
  }

  /** The hits of a group in order. */
  list(newest: number): Signal[] {
    const hits: Signal[] = [];
    for (let place = newest; place !== no_hit; place = this.#previous[place] ?? no_hit) {
      const hit = this.#signals[place];
      if (hit !== undefined) hits.push(hit);
    }
    return hits.reverse();
  }

  /** Takes the hits of a group out, in order. */
  take(newest: number): Signal[] {
    const hits = this.list(newest);
    this.release(newest);
    return hits;
  }

  /** Lets go of the hits of a group. */
  release(newest: number): void {
    for (let place = newest; place !== no_hit; place = this.#previous[place] ?? no_hit) {
      this.#signals[place] = undefined;
      this.#free.push(place);
    }
  }

  #grow(): void {
    const grown = new Int32Array(2 * this.#previous.length);
    grown.set(this.#previous);
    this.#previous = grown;
  }
}
