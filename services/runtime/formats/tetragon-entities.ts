import { addressEntity } from '#shared/event/address.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { FactDraft } from '#shared/event/format.ts';
import { object } from '#shared/event/read.ts';
import { ever_ns, parseTime } from '#shared/event/time.ts';
import { isInPod, partOf, subjectEntities, subjectFacts } from './subject.ts';
import type { TetragonEvent } from './tetragon-event.ts';
import { entersHost } from './tetragon-process.ts';

/** The process, what started it, its container and pod, or the node where no pod is known; and the connection. */
export function actorsOf(parts: TetragonEvent): Entity[] {
  const { process_entity, parent_entity, subject, details, connection } = parts;
  const actors: Entity[] = process_entity === undefined ? [] : [process_entity];
  if (parent_entity !== undefined) actors.push(parent_entity);
  const where = subjectEntities(subject);
  actors.push(...where);
  if (!isInPod(subject) && subject.node !== undefined) actors.push(entity('node', subject.node));
  if (connection !== undefined) actors.push(connection);
  const caller = details.is_inbound === true ? addressEntity(details.source?.ip) : undefined;
  if (caller?.startsWith('external:') === true) actors.push(caller);
  return actors;
}

/** Whom the process called, and the node when it enters that. */
export function targetsOf(parts: TetragonEvent): Entity[] {
  const { details, process, subject } = parts;
  const targets: Entity[] = [];
  const called = details.is_inbound === true ? undefined : addressEntity(details.destination?.ip);
  if (called !== undefined) targets.push(called);
  if (subject.container !== undefined && subject.node !== undefined && entersHost(process)) {
    targets.push(entity('node', subject.node));
  }
  return targets;
}

/** Executions tell who started whom, and where; connections tell whose they are. */
export function factsOf(parts: TetragonEvent): FactDraft[] | undefined {
  const { kind, raw_process, process_entity, parent_entity, subject, connection, at_ns } = parts;
  const container = subject.container?.entity;
  if (connection !== undefined && container !== undefined) {
    return [{ a: connection, relation: 'part_of', b: container, from_ns: at_ns, confidence: 100 }];
  }
  if (kind !== 'process_exec' || process_entity === undefined) return undefined;
  const started = parseTime(object(object(raw_process?.['pod'])?.['container'])?.['start_time']);
  const facts = subjectFacts(subject, started ?? at_ns);
  if (container !== undefined) facts.push(partOf(process_entity, container));
  if (parent_entity !== undefined) {
    facts.push({
      a: parent_entity,
      relation: 'spawned',
      b: process_entity,
      from_ns: ever_ns,
      confidence: 100,
    });
  }
  return facts;
}
