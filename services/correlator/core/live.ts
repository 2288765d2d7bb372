import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { Timed } from './order.ts';
import type { Guise } from './resolve/habit.ts';
import type { Resolution } from './resolve/resolve.ts';
import type { Role } from './resolve/roles.ts';

/** A signal as it was resolved at its own time. Replaced, never changed, when facts about its entities change. */
export interface Live extends Timed {
  readonly signal: Signal;
  readonly actors: Resolution;
  readonly targets: Resolution;
  /** Everything that it names or was resolved to, by kind, then by name. */
  readonly entities: readonly Entity[];
  readonly roles: readonly Role[];
  /** The steadiest thing that it is about. */
  readonly main: Entity | undefined;
  /** What it shows its workload doing, in words that are the same the next time. */
  readonly habit: string | undefined;
  /** With what the person comes who does it. */
  readonly guise: Guise | undefined;
  /** Peers on the outside that it goes to. */
  readonly peers: readonly Entity[];
  /** It connects what it comes from with what it leads to (`link/moves.ts`). */
  readonly moves: boolean;
  /** Buckets of event time, for rarity and hubs. */
  readonly day: number;
  readonly hour: number;
  /** Signals of the same rule about the same thing at about the same time; undefined for firings of correlations. */
  readonly flood_key: string | undefined;
  /** Vulnerabilities that it speaks of, sorted. */
  readonly vulnerabilities: readonly string[];
  /** The id of the incident that begins with it. */
  readonly incident_id: string;
  /** Id of the decision that suppresses it. */
  readonly suppressed_by: string | undefined;
  /** Id of the decision by which it is part of an approved change. */
  readonly approved_by: string | undefined;
}
