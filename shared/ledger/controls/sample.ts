import { hash } from 'node:crypto';
import { createMatcher, type Matcher, type Selection } from '../evidence/filter.ts';
import type { PlacedLeaf } from '../incident/report.ts';

/** A log, and the signed head that it is sampled under. */
export interface SampledLog {
  readonly log: string;
  readonly size: number;
  /** Base64, as the checkpoint has it. */
  readonly root: string;
}

/** A leaf that was drawn. */
export interface Drawn {
  readonly log: string;
  readonly index: number;
  readonly leaf_hash: string;
  readonly type: string;
  /** Microseconds since the epoch. */
  readonly time_us: string;
  /** SHA-256 over seed and leaf hash, hex: the lowest are drawn. */
  readonly rank: string;
}

/** What stands for one control. */
export interface ControlSample {
  readonly control: string;
  readonly title: string;
  /** What is evidence for it. */
  readonly selections: readonly Selection[];
  /** Leaves that are evidence for it. */
  readonly population: number;
  /** Lowest rank first. */
  readonly sample: readonly Drawn[];
}

/** A control and what is evidence for it. */
export type SampledControl = Pick<ControlSample, 'control' | 'title' | 'selections'>;

/**
 * The seed of a sample: SHA-256 over a line `<log> <size> <root>` for each log, and a last line with what the auditor
 * chose. Nobody can choose it alone: the operator signed the roots before, and does not know the auditor's word.
 */
export function seedOf(logs: readonly SampledLog[], word: string): string {
  const lines = logs.map(({ log, size, root }) => `${log} ${size} ${root}\n`);
  return hash('sha256', `${lines.join('')}${word}\n`);
}

interface Draw {
  readonly about: SampledControl;
  readonly matches: Matcher;
  population: number;
  readonly lowest: Drawn[];
}

/**
 * Draws leaves for each control, the same for everybody who has the same leaves and the same seed: of those that are
 * evidence for it, the ones with the lowest SHA-256 over seed and leaf hash, both in hex.
 */
export class Sampler {
  readonly #draws: readonly Draw[];
  readonly #seed: string;
  readonly #count: number;

  constructor(controls: readonly SampledControl[], seed: string, count: number) {
    this.#seed = seed;
    this.#count = count;
    this.#draws = controls.map((about) => ({
      about,
      matches: createMatcher({ one_of: [about.selections] }),
      population: 0,
      lowest: [],
    }));
  }

  add(placed: PlacedLeaf): void {
    const { log, index, leaf_hash, leaf } = placed;
    const { type, time_us } = leaf;
    let drawn: Drawn | undefined;
    for (const draw of this.#draws) {
      // No control selects by text.
      if (!draw.matches(leaf, '')) continue;
      draw.population += 1;
      drawn ??= { log, index, leaf_hash, type, time_us, rank: hash('sha256', this.#seed + leaf_hash) };
      this.#offer(draw.lowest, drawn);
    }
  }

  samples(): ControlSample[] {
    return this.#draws.map(({ about, population, lowest }) => ({ ...about, population, sample: lowest }));
  }

  /** Keeps the lowest ranks, in order. */
  #offer(lowest: Drawn[], drawn: Drawn): void {
    if (lowest.length >= this.#count && (lowest.at(-1)?.rank ?? '') <= drawn.rank) return;
    const at = lowest.findIndex(({ rank }) => rank > drawn.rank);
    lowest.splice(at < 0 ? lowest.length : at, 0, drawn);
    if (lowest.length > this.#count) lowest.pop();
  }
}
