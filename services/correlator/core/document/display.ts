import { type Entity, entityValue } from '#shared/event/entity.ts';
import { kindOf } from '../entity/kinds.ts';

/** An entity as a person would call it: `shop/storefront` for a workload, a pod by its name where that is known. */
export function display(entity: Entity, names: ReadonlyMap<Entity, string>): string {
  const name = names.get(entity);
  if (name !== undefined) return name;
  const value = entityValue(entity);
  const kind = kindOf(entity);
  if (kind === 'workload') {
    const [namespace, , workload] = value.split('/');
    return workload === undefined ? value : `${namespace}/${workload}`;
  }
  if (kind === 'image') return value.slice(0, 'sha256:'.length + 12);
  if (kind === 'serviceaccount') return `service account ${value}`;
  if (kind === 'host_network') return `the network of node ${value}`;
  return kind === 'node' || kind === 'pod' || kind === 'container' ? `${kind} ${value}` : value;
}

/** A text cut to a length, with an ellipsis where something was cut. */
export function cut(text: string, length_max: number): string {
  return text.length <= length_max ? text : `${text.slice(0, length_max - 1)}…`;
}
