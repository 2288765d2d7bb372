import { entity, type Entity } from '#shared/event/entity.ts';
import type { Mark } from '#shared/event/format.ts';
import { parsePrincipal } from '#shared/event/kubernetes.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { at, object, objects, text } from '#shared/event/read.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** Service accounts and people that are bound to `cluster-admin`: posture of theirs. */
export function bindingMarks(seen: KubernetesObject): readonly Mark[] {
  if (seen.type === 'DELETED' || seen.kind !== 'ClusterRoleBinding') return [];
  const { resource } = seen;
  if (text(at(resource, 'roleRef', 'name')) !== 'cluster-admin') return [];
  const targets = objects(resource['subjects']).flatMap(subjectEntity);
  if (targets.length === 0) return [];
  const name = text(object(resource['metadata'])?.['name']) ?? 'unnamed';
  return [
    {
      rule: { id: 'posture/cluster-admin', title: 'Bound to cluster-admin', level: 'low', origin: 'posture' },
      class: 'context',
      summary: `Bound to cluster-admin by ${name}`,
      targets,
    },
  ];
}

function subjectEntity(subject: JsonObject): readonly Entity[] {
  const name = text(subject['name']);
  const namespace = text(subject['namespace']);
  if (name === undefined) return [];
  if (subject['kind'] === 'ServiceAccount' && namespace !== undefined) {
    return [entity('serviceaccount', `${namespace}/${name}`)];
  }
  return subject['kind'] === 'User' ? [parsePrincipal(name).entity] : [];
}
