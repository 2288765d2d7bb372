import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';

/** Registration entries of SPIRE: which SPIFFE id a Kubernetes account, node or pod may have. */
export const spire: Format = { name: 'spire', family: 'inventory', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  if (isList(record['entries'])) return record['entries'].some(isEntry);
  return isEntry(record);
}

function isEntry(value: JsonValue): boolean {
  return isJsonObject(value) && isList(value['selectors']) && spiffeId(value['spiffe_id']) !== undefined;
}

/** A text, or `{trust_domain, path}`. */
function spiffeId(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  const domain = text(at(value, 'trust_domain'));
  return domain === undefined ? undefined : `spiffe://${domain}${text(at(value, 'path')) ?? ''}`;
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const entries = isList(record['entries']) ? objects(record['entries']) : [record];
  return { kind: 'ok', drafts: entries.filter(isEntry).map((entry) => entryDraft(entry, context)) };
}

function entryDraft(entry: JsonObject, context: RecordContext): Draft {
  const id = spiffeId(entry['spiffe_id']) ?? 'spiffe://';
  const created_ns = parseTime(entry['created_at']);
  const selected = selectedEntities(objects(entry['selectors']));
  const self = entity('user', id.toLowerCase());
  return {
    time_ns: created_ns,
    dataset: 'spire.entries',
    dedupe_key: undefined,
    document: {
      message: `SPIFFE id ${id}`,
      event: { kind: 'asset', category: ['iam'], type: ['info'], module: 'spire' },
      user: { name: id },
    },
    actors: [],
    targets: [self],
    facts: selected.map((b) => ({
      a: self,
      relation: 'is',
      b,
      from_ns: created_ns ?? context.arrival_ns,
      confidence: 90,
    })),
  };
}

/** `k8s:ns:shop` with `k8s:sa:cart` is an account, `k8s:pod-uid:…` a pod. */
function selectedEntities(selectors: readonly JsonObject[]): readonly Entity[] {
  const values = new Map<string, string>();
  for (const { type, value } of selectors) {
    const [, name, rest] = typeof value === 'string' ? (/^([a-z-]{1,32}):(.{1,253})$/.exec(value) ?? []) : [];
    if (type === 'k8s' && name !== undefined && rest !== undefined) values.set(name, rest);
  }
  const pod = values.get('pod-uid');
  const namespace = values.get('ns');
  const account = values.get('sa');
  const found: Entity[] = pod === undefined ? [] : [entity('pod', pod)];
  if (namespace !== undefined && account !== undefined)
    found.push(entity('serviceaccount', `${namespace}/${account}`));
  return found;
}
