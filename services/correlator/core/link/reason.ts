import type { Entity } from '#shared/event/entity.ts';
import { compareText } from '../order.ts';

/** Why a signal is in an incident: its strongest link to another signal of it. */
export interface Reason {
  /**
   * `first`: the incident begins with it. `event`: another rule marked the same event. `part`: a correlation joined
   * them. `decision`: a person did. `actor`: both act as the entity. `cause`: the other acted on the entity that acts
   * here. `caused`: this acted on the entity that acts there.
   */
  readonly kind: 'first' | 'event' | 'part' | 'decision' | 'actor' | 'cause' | 'caused';
  /** Id of the other signal. */
  readonly with: string | undefined;
  readonly entity: Entity | undefined;
  /** Statements by which the entity is reached, on this side and on the other. */
  readonly facts: readonly string[];
}

/** A link seen from one of its ends. */
export interface Candidate {
  readonly kind: Reason['kind'];
  /** Lower is stronger. */
  readonly rank: number;
  /** Time between the two, never negative. */
  readonly apart_ns: bigint;
  readonly with: string;
  readonly entity: Entity | undefined;
  readonly facts: readonly string[];
}

/** Ranks before those of the entity kinds. */
export const event_rank = -3;
export const part_rank = -2;
export const decision_rank = -1;

const kindOrder: readonly Reason['kind'][] = [
  'event',
  'part',
  'decision',
  'actor',
  'cause',
  'caused',
  'first',
];

/**
 * Strongest kind, then nearest in time, then the kind of link, then the other's id, then the entity's name. Of earlier
 * signals at the same time the last by id is nearest, of later ones the first.
 */
export function isStronger(a: Candidate, b: Candidate, others: 'earlier' | 'later'): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (a.apart_ns !== b.apart_ns) return a.apart_ns < b.apart_ns;
  if (a.kind !== b.kind) return kindOrder.indexOf(a.kind) < kindOrder.indexOf(b.kind);
  if (a.with !== b.with) return others === 'earlier' ? a.with > b.with : a.with < b.with;
  return compareText(a.entity ?? '', b.entity ?? '') < 0;
}

/** The statements of both ends, each once, in order of text. */
export function bothFacts(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].sort(compareText);
}

export const firstReason: Reason = { kind: 'first', with: undefined, entity: undefined, facts: [] };
