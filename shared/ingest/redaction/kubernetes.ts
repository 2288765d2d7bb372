import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { own } from '#shared/event/read.ts';
import { placeholder } from './patterns.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Takes out what the Kubernetes API puts into bodies by design: data of Secrets and ConfigMaps, issued and reviewed
 * tokens, and the copy of the whole object in the `last-applied-configuration` annotation. Other objects come back as
 * they are.
 */
export function redactKubernetesObject(value: JsonObject, found: Set<string>): JsonObject {
  const { kind } = value;
  if (kind === 'Secret') {
    return hideValues(hideValues(value, 'data', kind, found), 'stringData', kind, found);
  }
  if (kind === 'ConfigMap') {
    return hideValues(hideValues(value, 'data', kind, found), 'binaryData', kind, found);
  }
  if (kind === 'TokenRequest') return hideToken(value, 'status', found);
  return kind === 'TokenReview' ? hideToken(value, 'spec', found) : hideLastApplied(value, found);
}

/** Keeps the keys: which entries were written matters to an analyst. */
function hideValues(
  value: JsonObject,
  member: string,
  kind: 'Secret' | 'ConfigMap',
  found: Set<string>,
): JsonObject {
  const entries = value[member];
  const rest = hideLastApplied(value, found);
  if (!isJsonObject(entries)) return rest;
  found.add(kind === 'Secret' ? 'kubernetes_secret' : 'kubernetes_config_map');
  const hidden = Object.entries(entries).map(([key]): [string, JsonValue] => [key, placeholder]);
  return { ...rest, [member]: Object.fromEntries(hidden) };
}

function hideToken(value: JsonObject, member: string, found: Set<string>): JsonObject {
  const holder = value[member];
  if (!isJsonObject(holder) || typeof holder['token'] !== 'string') return value;
  found.add('kubernetes_token');
  return { ...value, [member]: { ...holder, token: placeholder } };
}

/** On the object itself, or on its `metadata` when that is what is looked at. */
function hideLastApplied(value: JsonObject, found: Set<string>): JsonObject {
  const { metadata } = value;
  if (!isJsonObject(metadata)) return value;
  const { annotations } = metadata;
  if (!isJsonObject(annotations) || own(annotations, lastApplied) === undefined) return value;
  found.add('kubernetes_last_applied');
  return { ...value, metadata: { ...metadata, annotations: { ...annotations, [lastApplied]: placeholder } } };
}
