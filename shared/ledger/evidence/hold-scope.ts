import { createMatcher, type LeafView } from './filter.ts';

/**
 * What a legal hold covers, as the facts of its leaf say it: all of a tenant's leaves to which every fact applies. So
 * anybody who has the leaves can tell what it covered.
 */
export interface HoldScope {
  /** One log, and in it the leaves [index_first, index_next). */
  readonly log?: string | undefined;
  readonly index_first?: string | undefined;
  readonly index_next?: string | undefined;
  /** Microseconds since the epoch, [from, until), on the time of what happened. */
  readonly from_us?: string | undefined;
  readonly until_us?: string | undefined;
  /** Record types separated by spaces; `access.*` stands for a family. */
  readonly held_types?: string | undefined;
  readonly held_incident?: string | undefined;
  /** A thing, or a person by pseudonym, in whatever part. */
  readonly held_subject?: string | undefined;
}

/** Whether a hold can be told to cover a leaf without seeing the leaf. */
export function coversPlace(scope: HoldScope, log: string, index: number): boolean {
  if (scope.log !== undefined && scope.log !== log) return false;
  return (
    index >= Number(scope.index_first ?? 0) && index < Number(scope.index_next ?? Number.POSITIVE_INFINITY)
  );
}

/** Whether a hold covers a leaf. */
export function covers(scope: HoldScope, log: string, index: number, leaf: LeafView): boolean {
  if (!coversPlace(scope, log, index)) return false;
  const time_us = BigInt(leaf.time_us);
  if (scope.from_us !== undefined && time_us < BigInt(scope.from_us)) return false;
  if (scope.until_us !== undefined && time_us >= BigInt(scope.until_us)) return false;
  const { held_types, held_incident, held_subject } = scope;
  const isHeld = createMatcher({
    types: held_types?.split(' '),
    facts: held_incident === undefined ? undefined : { incident: held_incident },
    one_of:
      held_subject === undefined
        ? undefined
        : [subjectFacts.map((fact) => ({ facts: { [fact]: held_subject } }))],
  });
  return isHeld(leaf, '');
}

/** Facts that name who or what a leaf is about. */
export const subjectFacts: readonly string[] = ['actor', 'subject_id', 'subjects'];

/** Whether a hold covers leaves whatever they say. */
export function isUnconditional({
  log: _log,
  index_first: _first,
  index_next: _next,
  ...rest
}: HoldScope): boolean {
  return Object.values(rest).every((value) => value === undefined);
}

/** The scope that the facts of a `hold.placed` leaf name. */
export function scopeOf(facts: Readonly<Record<string, string>>): HoldScope {
  return {
    log: facts['log'],
    index_first: facts['index_first'],
    index_next: facts['index_next'],
    from_us: facts['from_us'],
    until_us: facts['until_us'],
    held_types: facts['held_types'],
    held_incident: facts['held_incident'],
    held_subject: facts['held_subject'],
  };
}
