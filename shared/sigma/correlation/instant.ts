const words = new Uint32Array(2);
const whole = new BigInt64Array(words.buffer);
const word_ns = 2 ** 32;

/** Nanoseconds up to which a time counted from some word is exact: 104 days. */
export const exact_ns_max = 2 ** 52;

/**
 * A time in nanoseconds since 1970 as two words that fit into numbers: comparing them makes nothing for the garbage
 * collector. One is set again and again.
 */
export class Instant {
  high = 0;
  low = 0;

  set(time_ns: bigint): this {
    whole[0] = time_ns;
    this.high = (words[1] ?? 0) | 0;
    this.low = words[0] ?? 0;
    return this;
  }

  /** Nanoseconds since the beginning of a high word; exact up to `exact_ns_max`, in order beyond. */
  since(high: number): number {
    return (this.high - high) * word_ns + this.low;
  }

  isBefore(other: Instant): boolean {
    return this.high < other.high || (this.high === other.high && this.low < other.low);
  }

  /** Seconds, rounded: for what may be done a little sooner or later. */
  get seconds(): number {
    return (this.high * word_ns + this.low) / 1e9;
  }
}
