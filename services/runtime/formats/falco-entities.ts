import { addressEntity, connectionEntity } from '#shared/event/address.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer } from '#shared/event/read.ts';
import type { FalcoEvent } from './falco-event.ts';
import { isInPod, subjectEntities } from './subject.ts';

/**
 * Container and pod; the host when the alert says that it was the host, or where no pod is known; then the connection and the
 * people.
 */
export function actorsOf({ alert, subject, connection, plugin }: FalcoEvent): Entity[] {
  const pid = integer(alert.fields['proc.pid']);
  const host = isHost(alert.fields) ? alert.hostname : undefined;
  const where = subject.container?.id12 ?? host;
  const actors: Entity[] =
    pid === undefined || where === undefined ? [] : [entity('process', `${where}/${pid}`)];
  actors.push(...subjectEntities(subject));
  const isOfNode = subject.container !== undefined && !isInPod(subject);
  const node = isOfNode ? alert.hostname : host;
  if (node !== undefined) actors.push(entity('node', node));
  if (connection?.transport !== undefined) {
    const { source, destination, transport } = connection;
    const tuple = connectionEntity(transport, source, destination);
    if (tuple !== undefined) actors.push(tuple);
    // Who connected to the process did something to it; whom the process called is a target.
    const caller = connection.peer === source ? addressEntity(source.ip) : undefined;
    if (caller?.startsWith('external:') === true) actors.push(caller);
  }
  return plugin === undefined ? actors : [...actors, ...plugin.actors];
}

/** What the people did it to, whom the process called, and the node when the rule says that it is reached. */
export function targetsOf({ alert, connection, plugin, verdict }: FalcoEvent): Entity[] {
  const targets = plugin?.targets ?? [];
  if (connection !== undefined && connection.peer === connection.destination) {
    const called = addressEntity(connection.destination.ip);
    if (called !== undefined) targets.push(called);
  }
  if (verdict.reaches_node && alert.hostname !== undefined && !isHost(alert.fields)) {
    targets.push(entity('node', alert.hostname));
  }
  return targets;
}

function isHost(fields: JsonObject): boolean {
  return fields['container.id'] === 'host';
}
