import { addressEntity } from '#shared/event/address.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import { endpointOf } from '#shared/event/endpoint.ts';
import type { Entity } from '#shared/event/entity.ts';
import { entity } from '#shared/event/entity.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { parsePrincipal, podNameEntity, userName } from '#shared/event/kubernetes.ts';
import { text } from '#shared/event/read.ts';

/** What an alert from an audit plugin says of people and objects. */
export interface PluginSubject {
  readonly fields: Pick<EcsDocument, 'user' | 'source' | 'orchestrator' | 'kubernetes'>;
  readonly actors: Entity[];
  readonly targets: Entity[];
}

/** Where each plugin keeps the person and their address. */
const people = [
  { user: 'gcp.user', address: 'gcp.callerIP' },
  { user: 'ct.user', address: 'ct.srcip' },
  { user: 'okta.actor.alternateID', address: 'okta.client.ip' },
  { user: 'github.user', address: 'github.sourceip' },
] as const;

/** Reads the fields of the Kubernetes audit plugin (`ka.*`), else those of a cloud or SaaS audit plugin. */
export function pluginSubject(fields: JsonObject): PluginSubject {
  const kubernetesUser = text(fields['ka.user.name']);
  if (kubernetesUser !== undefined || fields['ka.verb'] !== undefined) {
    return kubernetesSubject(fields, kubernetesUser);
  }
  const keys = people.find(({ user }) => text(fields[user]) !== undefined);
  const user = keys === undefined ? undefined : text(fields[keys.user]);
  const address = keys === undefined ? undefined : text(fields[keys.address]);
  const actors: Entity[] = user === undefined ? [] : [entity('user', userName(user))];
  const peer = addressEntity(address);
  if (peer !== undefined) actors.push(peer);
  return {
    fields: { user: user === undefined ? undefined : { name: user }, source: endpointOf(address) },
    actors,
    targets: [],
  };
}

function kubernetesSubject(fields: JsonObject, user: string | undefined): PluginSubject {
  const actors = user === undefined ? [] : [parsePrincipal(user).entity];
  const address = text(fields['ka.sourceips[0]']) ?? text(fields['ka.sourceips']);
  const peer = addressEntity(address);
  if (peer?.startsWith('external:') === true) actors.push(peer);
  const namespace = text(fields['ka.target.namespace']);
  const type = text(fields['ka.target.resource']);
  const name = text(fields['ka.target.name']);
  const isPod = type === 'pods' && namespace !== undefined && name !== undefined;
  return {
    fields: {
      user: user === undefined ? undefined : { name: user },
      source: endpointOf(address),
      orchestrator: { type: 'kubernetes', namespace, resource: { type, name } },
      kubernetes: isPod ? { namespace, pod: { name } } : undefined,
    },
    actors,
    targets: isPod ? [podNameEntity(namespace, name)] : [],
  };
}
