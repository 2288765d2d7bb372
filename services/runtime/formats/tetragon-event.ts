import { connectionEntity } from '#shared/event/address.ts';
import type { EcsProcess } from '#shared/event/ecs.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { RecordContext } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { object } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { Subject } from './subject.ts';
import { type Details, detailsOf, type ProcessKind } from './tetragon-details.ts';
import { meaningfulParent, processEntity, tetragonProcess, tetragonSubject } from './tetragon-process.ts';

/** The parts of one event about a process, read once. */
export interface TetragonEvent {
  readonly kind: ProcessKind;
  readonly event: JsonObject;
  /** What is around the event: time, node, cluster. */
  readonly record: JsonObject;
  readonly raw_process: JsonObject | undefined;
  readonly process: EcsProcess;
  readonly process_entity: Entity | undefined;
  readonly parent_entity: Entity | undefined;
  readonly subject: Subject;
  readonly details: Details;
  readonly connection: Entity | undefined;
  /** As Tetragon says. */
  readonly time_ns: bigint | undefined;
  /** The same; without it, that of arrival. */
  readonly at_ns: bigint;
}

/** Reads the event of this kind that a record holds. */
export function readEvent(
  kind: ProcessKind,
  event: JsonObject,
  record: JsonObject,
  context: RecordContext,
): TetragonEvent {
  const raw_process = object(event['process']);
  const details = detailsOf(kind, event);
  const time_ns = parseTime(record['time']) ?? parseTime(raw_process?.['start_time']);
  return {
    kind,
    event,
    record,
    raw_process,
    process: tetragonProcess(raw_process ?? {}),
    process_entity: processEntity(raw_process),
    parent_entity: meaningfulParent(event['parent']),
    subject: tetragonSubject(raw_process, record, context),
    details,
    connection: connectionOf(details),
    time_ns,
    at_ns: time_ns ?? context.arrival_ns,
  };
}

function connectionOf(details: Details): Entity | undefined {
  const { source, destination, transport } = details;
  if (source === undefined || destination === undefined || transport === undefined) return undefined;
  return connectionEntity(transport, source, destination);
}
