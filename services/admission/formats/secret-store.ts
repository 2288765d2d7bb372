import { entity, type Entity } from '#shared/event/entity.ts';
import type { Principal } from '#shared/event/kubernetes.ts';
import type { AuditEvent } from './audit-event.ts';

/**
 * Whoever reads the secrets of a namespace holds the tokens of its accounts. What they are is not told, so the store
 * stands for them: reading acts on it, and an account acts in it whose token is used outside the cluster.
 */

const reading: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** The secrets of all namespaces. */
const everywhere = '*';

/** The store that a request read; undefined for all others, and where it was refused. */
export function secretsRead({ verb, ref, code }: AuditEvent): Entity | undefined {
  if (ref.resource !== 'secrets' || !reading.has(verb)) return undefined;
  if (code === undefined || code >= 400) return undefined;
  return storeOf(ref.namespace ?? everywhere);
}

/** The stores out of which the token of an account may be. */
export function storesOf({ namespace }: Principal): readonly Entity[] {
  return namespace === undefined ? [] : [storeOf(namespace), storeOf(everywhere)];
}

function storeOf(namespace: string): Entity {
  return entity('object', `k8s.io/secrets/${namespace}`);
}
