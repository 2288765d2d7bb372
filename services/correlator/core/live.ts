import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { Timed } from './order.ts';
import type { Resolution } from './resolve/resolve.ts';
import type { Role } from './resolve/roles.ts';

/** A signal as it was resolved at its own time. Replaced, never changed, when facts about its entities change. */
export interface Live extends Timed {
  readonly signal: Signal;
  readonly actors: Resolution;
  readonly targets: Resolution;
  readonly roles: readonly Role[];
  /** The steadiest thing that it is about. */
  readonly main: Entity | undefined;
  /** Who talks to whom, for signals of the network family. */
  readonly flow_pair: string | undefined;
  /** Buckets of event time, for rarity and hubs. */
  readonly day: number;
  readonly hour: number;
  /** Vulnerabilities that it speaks of, sorted. */
  readonly vulnerabilities: readonly string[];
  /** The id of the incident that begins with it. */
  readonly incident_id: string;
  /** Id of the decision that suppresses it. */
  readonly suppressed_by: string | undefined;
}
