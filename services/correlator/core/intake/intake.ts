import type { Signal } from '#shared/avro/types.generated.ts';
import type { Parameters } from '../parameters.ts';
import { type Collapsed, FloodGroup, floodKey } from './flood.ts';
import { byVersion, signalText, type Version } from './signal-text.ts';

/** What became of a signal on its way in. */
export type Accepted =
  | {
      readonly kind: 'kept' | 'collapsed';
      readonly flood_key: string;
      readonly changed: readonly string[];
      /** What is counted instead of kept: the signal itself, or the one that made room for it. */
      readonly dropped: Signal | undefined;
    }
  | { readonly kind: 'duplicate' };

/**
 * The signals of a scope, each id once: of several versions the smallest counts, of a flood the earliest are kept.
 * A function of the set of versions that it was given.
 */
export class Intake {
  readonly #parameters: Parameters;
  readonly #versions = new Map<string, Version[]>();
  readonly #floods = new Map<string, FloodGroup>();
  /** Firings of correlation rules: they come and go, and never flood. */
  readonly #firings = new Map<string, Signal>();

  constructor(parameters: Parameters) {
    this.#parameters = parameters;
  }

  /** Takes a signal. `changed` are the ids whose signal may now be another, or none. */
  accept(signal: Signal): Accepted {
    const version: Version = { signal };
    const flood_key = floodKey(signal, this.#parameters);
    const flood = this.#floods.get(flood_key) ?? new FloodGroup();
    const passage = flood.add(version, this.#parameters);
    if (passage === undefined) return { kind: 'duplicate' };
    this.#floods.set(flood_key, flood);
    if (!passage.kept) return { kind: 'collapsed', flood_key, changed: [], dropped: signal };
    this.#keep(version);
    const dropped = passage.displaced?.signal;
    if (passage.displaced !== undefined) this.#drop(passage.displaced);
    const changed = dropped === undefined ? [signal.id] : [signal.id, dropped.id];
    return { kind: 'kept', flood_key, changed, dropped };
  }

  /** Takes a firing, or its newer form. Returns false when nothing changed. */
  acceptFiring(firing: Signal): boolean {
    const known = this.#firings.get(firing.id);
    if (known !== undefined && signalText(known) === signalText(firing)) return false;
    this.#firings.set(firing.id, firing);
    return true;
  }

  withdrawFiring(id: string): boolean {
    return this.#firings.delete(id);
  }

  /** The signal that counts for an id. */
  get(id: string): Signal | undefined {
    return this.#firings.get(id) ?? this.#versions.get(id)?.[0]?.signal;
  }

  /** Whether signals of a flood key were counted instead of kept. */
  isCut(flood_key: string): boolean {
    return (this.#floods.get(flood_key)?.hashes.length ?? 0) > 0;
  }

  /** Ids of the signals of a flood key that are kept. */
  keptOf(flood_key: string): readonly string[] {
    return (this.#floods.get(flood_key)?.kept ?? []).map(({ signal }) => signal.id);
  }

  /** What was cut of a flood. */
  cutOf(flood_key: string): Collapsed | undefined {
    return this.#floods.get(flood_key)?.collapsed(this.#parameters);
  }

  /** Lets go of a signal that can change nothing any more. */
  forget(id: string): void {
    for (const version of this.#versions.get(id) ?? []) {
      const flood_key = floodKey(version.signal, this.#parameters);
      const flood = this.#floods.get(flood_key);
      if (flood !== undefined && flood.forget(version)) this.#floods.delete(flood_key);
    }
    this.#versions.delete(id);
    this.#firings.delete(id);
  }

  /** Signals kept, firings left out. */
  *kept(): Iterable<Signal> {
    for (const versions of this.#versions.values()) for (const { signal } of versions) yield signal;
  }

  firings(): Iterable<Signal> {
    return this.#firings.values();
  }

  /** What was cut of each flood, for checkpoints. */
  *cuts(): Iterable<readonly [flood_key: string, hashes: readonly string[]]> {
    for (const [flood_key, flood] of this.#floods) {
      if (flood.hashes.length > 0) yield [flood_key, flood.hashes];
    }
  }

  /** Takes cuts back, after the kept signals were accepted. */
  restoreCut(flood_key: string, hashes: readonly string[]): void {
    this.#floods.get(flood_key)?.restore(hashes, this.#parameters);
  }

  #keep(version: Version): void {
    const versions = this.#versions.get(version.signal.id);
    if (versions === undefined) this.#versions.set(version.signal.id, [version]);
    else versions.splice(versions.findLastIndex((other) => byVersion(other, version) < 0) + 1, 0, version);
  }

  #drop(version: Version): void {
    const { id } = version.signal;
    const rest = (this.#versions.get(id) ?? []).filter((other) => other !== version);
    if (rest.length === 0) this.#versions.delete(id);
    else this.#versions.set(id, rest);
  }
}
