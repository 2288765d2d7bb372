import { createHash, hash } from 'node:crypto';
import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity } from '#shared/event/entity.ts';
import { contactKindOf, firstKey } from '#shared/event/first-key.ts';
import { entitiesOf, kindOf } from '../entity/kinds.ts';
import { limitsOf } from '../limits.ts';
import { bucketOf } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import { byVersion, signalText, type Version } from './signal-text.ts';

/** Entities that a flood is counted on, most telling first; processes last, since each of a flood has its own. */
const anchorKinds = [
  'pod',
  'pod_name',
  'container',
  'workload',
  'serviceaccount',
  'session',
  'user',
  'node',
  'external',
  'ip',
  'process',
  'connection',
  'image',
  'image_reference',
  'object',
  'host_network',
] as const;

/** The entity, as the signal names it, on which a flood of such signals is counted. */
export function anchorOf(signal: Signal): Entity | undefined {
  return preferred(entitiesOf(signal.actors)) ?? preferred(entitiesOf(signal.targets));
}

function preferred(entities: readonly Entity[]): Entity | undefined {
  let best: Entity | undefined;
  let best_rank: number = anchorKinds.length;
  for (const entity of entities) {
    const rank = anchorKinds.indexOf(kindOf(entity));
    if (rank > best_rank || (rank === best_rank && best !== undefined && best <= entity)) continue;
    best = entity;
    best_rank = rank;
  }
  return best;
}

/** Signals of one rule on one entity within one bucket of event time. */
export function floodKey(signal: Signal, parameters: Parameters): string {
  const bucket = bucketOf(signal.time_ns, limitsOf(parameters).flood_bucket_ns);
  const { rule, actors, targets, fields } = signal;
  // Which others of its kind come depends on their order: the first must not be cut because of them. Who names nobody is
  // told apart by the tool that says so.
  if (signal.first_only === true && actors.length + targets.length > 0) {
    return `${firstKey(rule.id, actors, targets, contactKindOf(fields))}\n${bucket}`;
  }
  return `${rule.id}\n${anchorOf(signal) ?? signal.event.dataset}\n${bucket}`;
}

/** What became of a version at the gate. */
export interface Passage {
  /** Kept in full. */
  readonly kept: boolean;
  /** The version that had to make room for it. */
  readonly displaced: Version | undefined;
}

/**
 * The signals of one flood key: the earliest are kept in full, the others are counted by the smallest of their hashes.
 * A function of the set of versions that it was given, not of their order or repetition.
 */
export class FloodGroup {
  /** In the order of `byVersion`. */
  readonly kept: Version[] = [];
  /** Ascending, distinct. */
  #hashes: string[] = [];
  #collapsed: Collapsed | undefined;

  /** Takes a version; undefined when it was here before. */
  add(version: Version, { flood }: Parameters): Passage | undefined {
    const place = this.kept.findLastIndex((other) => byVersion(other, version) <= 0) + 1;
    const before = this.kept[place - 1];
    if (before !== undefined && byVersion(before, version) === 0) return undefined;
    const at = place === this.kept.length ? -1 : place;
    if (at === -1 && this.kept.length >= flood.kept_max) {
      return this.#count(version, flood.hashes_max) ? { kept: false, displaced: undefined } : undefined;
    }
    this.kept.splice(at === -1 ? this.kept.length : at, 0, version);
    const displaced = this.kept.length > flood.kept_max ? this.kept.pop() : undefined;
    if (displaced !== undefined) this.#count(displaced, flood.hashes_max);
    return { kept: true, displaced };
  }

  /** Lets go of a kept version. Returns true when none is left. */
  forget(version: Version): boolean {
    const at = this.kept.indexOf(version);
    if (at !== -1) this.kept.splice(at, 1);
    return this.kept.length === 0;
  }

  /** How many are not kept: exact up to the bound on hashes, an estimate beyond; undefined when none. */
  collapsed({ flood }: Parameters): Collapsed | undefined {
    this.#collapsed ??= this.#summary(flood.hashes_max);
    return this.#collapsed;
  }

  #summary(hashes_max: number): Collapsed | undefined {
    const size = this.#hashes.length;
    const largest = this.#hashes.at(-1);
    if (largest === undefined) return undefined;
    const digest = createHash('sha256');
    for (const each of this.#hashes) digest.update(each);
    const exact = size < hashes_max;
    const share = Number.parseInt(largest.slice(0, 12), 16) / 2 ** 48;
    return {
      count: exact ? size : Math.max(size, Math.round((size - 1) / share)),
      exact,
      digest: digest.digest('hex'),
    };
  }

  /** For checkpoints. */
  get hashes(): readonly string[] {
    return this.#hashes;
  }

  /** Takes hashes back from a checkpoint. */
  restore(hashes: readonly string[], { flood }: Parameters): void {
    for (const each of hashes) this.#insert(each, flood.hashes_max);
  }

  /** Returns false when the version was counted before. */
  #count(version: Version, hashes_max: number): boolean {
    return this.#insert(hash('sha256', signalText(version.signal), 'hex').slice(0, 32), hashes_max);
  }

  #insert(own: string, hashes_max: number): boolean {
    let low = 0;
    let high = this.#hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#hashes[middle] ?? '') < own) low = middle + 1;
      else high = middle;
    }
    if (this.#hashes[low] === own) return false;
    if (low >= hashes_max) return true;
    this.#collapsed = undefined;
    this.#hashes.splice(low, 0, own);
    if (this.#hashes.length > hashes_max) this.#hashes.pop();
    return true;
  }
}

/** What a flood was cut to. */
export interface Collapsed {
  readonly count: number;
  /** False: `count` is an estimate. */
  readonly exact: boolean;
  /** SHA-256 over the smallest hashes of the signals that are not kept. */
  readonly digest: string;
}
