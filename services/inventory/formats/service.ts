import { addressEntity } from '#shared/event/address.ts';
import type { Description } from '#shared/event/format.ts';
import { list, object, text } from '#shared/event/read.ts';
import { type KubernetesObject, objectLife } from './kubernetes-object.ts';

/** The cluster addresses of a Service; no fact, because many pods answer under them. */
export function serviceDescriptions(seen: KubernetesObject): readonly Description[] {
  const metadata = object(seen.resource['metadata']);
  const spec = object(seen.resource['spec']);
  const name = text(metadata?.['name']);
  const namespace = text(metadata?.['namespace']);
  if (name === undefined || namespace === undefined) return [];
  const life = objectLife(seen);
  const written = new Set([spec?.['clusterIP'], ...list(spec?.['clusterIPs'])]);
  return [...written].flatMap((address) => {
    const found = addressEntity(text(address));
    return found === undefined ? [] : [{ entity: found, ...life, value: { service: name, namespace } }];
  });
}
