import ecs from './ecs.json' with { type: 'json' };

/** What ECS says of one field, shortened by `generate.ts`. */
export interface EcsField {
  /** Elasticsearch's field type. */
  readonly type: string;
  /** ECS wants a list, even of one value. */
  readonly array?: boolean;
  /** The only values that ECS allows. */
  readonly allowed?: readonly string[];
  /** Of `event.category`: the event types that go with each value. */
  readonly event_types?: Readonly<Partial<Record<string, readonly string[]>>>;
  /** Values that ECS expects without forbidding others. */
  readonly expected?: readonly string[];
  /** Longer values are stored, but not indexed. */
  readonly ignore_above?: number;
  readonly pattern?: string;
  readonly scaling_factor?: number;
}

export type EcsFieldName = keyof typeof ecs;

/** Every field of ECS 9.4.0. */
export const ecsCatalogue: Readonly<Record<EcsFieldName, EcsField>> = ecs;
