import { addressEntity } from '#shared/event/address.ts';
import { entity } from '#shared/event/entity.ts';
import type { Description, FactDraft } from '#shared/event/format.ts';
import { object, objects, text } from '#shared/event/read.ts';
import { type KubernetesObject, objectLife, type Statements } from './kubernetes-object.ts';

/** The addresses of a node: what shows one of them came from the node or was masqueraded there. */
export function nodeFacts(seen: KubernetesObject): Statements {
  const name = text(object(seen.resource['metadata'])?.['name']);
  if (name === undefined) return {};
  const { from_ns, to_ns } = objectLife(seen);
  const self = entity('node', name);
  const facts: FactDraft[] = [];
  const descriptions: Description[] = [];
  for (const address of objects(object(seen.resource['status'])?.['addresses'])) {
    const found = addressEntity(text(address['address']));
    if (found === undefined) continue;
    const said = { a: found, from_ns, to_ns, confidence: 100 };
    facts.push({ ...said, relation: 'is', b: self });
    facts.push({ ...said, relation: 'part_of', b: entity('host_network', name) });
    descriptions.push({ entity: found, from_ns, to_ns, value: { node: name } });
  }
  return { facts, descriptions };
}
