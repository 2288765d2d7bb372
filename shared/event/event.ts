import type { Event as AvroEvent, Family, SourcePosition } from '#shared/avro/types.generated.ts';
import type { EcsDocument } from './ecs.ts';
import type { Entity } from './entity.ts';
import type { FactDraft, Description, Mark } from './format.ts';

/** A finished event between the steps of a family service; `toAvro` serialises its document once. */
export interface NormalisedEvent {
  readonly id: string;
  readonly hash: string;
  readonly scope: string;
  readonly family: Family;
  readonly format: string;
  readonly dataset: string;
  readonly time_ns: bigint;
  readonly source: SourcePosition;
  readonly actors: readonly Entity[];
  readonly targets: readonly Entity[];
  readonly marks: readonly Mark[];
  readonly facts: readonly FactDraft[];
  readonly descriptions: readonly Description[];
  /** Mutable until it is serialised: enrichment and detection write their fields into it. */
  readonly document: EcsDocument;
}

/** The form on the `events.*` topics. */
export function toAvroEvent(event: NormalisedEvent): AvroEvent {
  return {
    id: event.id,
    hash: event.hash,
    scope: event.scope,
    family: event.family,
    format: event.format,
    dataset: event.dataset,
    time_ns: event.time_ns,
    source: event.source,
    document: JSON.stringify(event.document),
  };
}
