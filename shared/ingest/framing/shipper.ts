import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, object, own, text } from '#shared/event/read.ts';

/**
 * What log shippers say of the pod that wrote the line, in one shape whatever the shipper: `agent`, `namespace`,
 * `pod_name`, `pod_uid`, `node_name`, `container_name`, `container_id`. For an agent that runs as a DaemonSet this is the
 * agent's own pod, not the subject of its events.
 */
export function readShipper(wrapper: JsonObject): JsonObject | undefined {
  const kubernetes = object(wrapper['kubernetes']);
  if (kubernetes !== undefined) return fromKubernetes(kubernetes, wrapper);
  const attributes =
    object(wrapper['resource_attributes']) ??
    object(wrapper['resources']) ??
    object(at(wrapper, 'resource', 'attributes')) ??
    object(wrapper['attributes']);
  return attributes === undefined ? undefined : fromAttributes(attributes);
}

function fromKubernetes(kubernetes: JsonObject, wrapper: JsonObject): JsonObject | undefined {
  return compact({
    agent: agentOf(kubernetes, wrapper),
    namespace:
      text(kubernetes['namespace_name']) ??
      text(kubernetes['pod_namespace']) ??
      text(kubernetes['namespace']),
    pod_name: text(kubernetes['pod_name']) ?? text(at(kubernetes, 'pod', 'name')),
    pod_uid: text(kubernetes['pod_id']) ?? text(kubernetes['pod_uid']) ?? text(at(kubernetes, 'pod', 'uid')),
    node_name:
      text(kubernetes['host']) ?? text(kubernetes['pod_node_name']) ?? text(at(kubernetes, 'node', 'name')),
    container_name: text(kubernetes['container_name']) ?? text(at(kubernetes, 'container', 'name')),
    container_id:
      text(kubernetes['docker_id']) ??
      text(kubernetes['container_id']) ??
      text(at(wrapper, 'container', 'id')),
  });
}

function agentOf(kubernetes: JsonObject, wrapper: JsonObject): string | undefined {
  const beat = text(at(wrapper, 'agent', 'type'));
  if (beat !== undefined) return beat;
  if (own(kubernetes, 'namespace_name') !== undefined) return 'fluent-bit';
  return own(kubernetes, 'pod_namespace') === undefined ? undefined : 'vector';
}

function fromAttributes(attributes: JsonObject): JsonObject | undefined {
  return compact({
    agent: 'opentelemetry',
    namespace: text(own(attributes, 'k8s.namespace.name')),
    pod_name: text(own(attributes, 'k8s.pod.name')),
    pod_uid: text(own(attributes, 'k8s.pod.uid')),
    node_name: text(own(attributes, 'k8s.node.name')),
    container_name: text(own(attributes, 'k8s.container.name')),
    container_id: text(own(attributes, 'container.id')),
  });
}

/** OTLP writes attributes as `[{key, value: {stringValue}}]`. */
export function readOtlpAttributes(attributes: JsonValue | undefined): JsonObject | undefined {
  if (!isList(attributes)) return undefined;
  const flat: Record<string, string> = {};
  for (const attribute of attributes) {
    if (!isJsonObject(attribute)) continue;
    const key = text(attribute['key']);
    const value = text(at(attribute['value'], 'stringValue'));
    if (key !== undefined && key !== '__proto__' && value !== undefined) flat[key] = value;
  }
  return fromAttributes(flat);
}

/** Without absent values; undefined when only the agent's name remains. */
function compact(fields: Readonly<Record<string, string | undefined>>): JsonObject | undefined {
  const present: Record<string, string> = {};
  let known = false;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    present[name] = value;
    known ||= name !== 'agent';
  }
  return known ? present : undefined;
}
