import type { Entity } from '#shared/event/entity.ts';
import type { Description, Draft, FactDraft, Mark } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { object, text } from '#shared/event/read.ts';
import { parseTime, second_ns } from '#shared/event/time.ts';

/** How an object was seen: in a watch, or in a list or alone. */
export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'LISTED';

export interface KubernetesObject {
  readonly type: WatchType;
  readonly kind: string;
  readonly resource: JsonObject;
  readonly seen_ns: bigint;
}

/** What an object says of identity. */
export interface Statements {
  readonly facts?: readonly FactDraft[];
  readonly descriptions?: readonly Description[];
  readonly marks?: readonly Mark[];
  /** What its marks are about. */
  readonly targets?: readonly Entity[];
}

/** The draft of an object: its time is its creation, so that seeing it again says the same. */
export function assetDraft(seen: KubernetesObject, statements: Statements): Draft {
  const { kind, resource, type } = seen;
  const metadata = object(resource['metadata']);
  const name = text(metadata?.['name']);
  const namespace = text(metadata?.['namespace']);
  const uid = text(metadata?.['uid']);
  const version = text(metadata?.['resourceVersion']);
  const place = namespace === undefined ? '' : ` in ${namespace}`;
  return {
    time_ns: parseTime(metadata?.['creationTimestamp']),
    dataset: 'kubernetes.inventory',
    dedupe_key: uid === undefined || version === undefined ? undefined : `${uid}/${version}/${type}`,
    document: {
      message: `${kind} ${name ?? 'without a name'}${place} ${words[type]}`,
      event: {
        kind: 'asset',
        category: ['host'],
        type: ['info'],
        action: type.toLowerCase(),
        module: 'kubernetes',
      },
      orchestrator: {
        type: 'kubernetes',
        api_version: text(resource['apiVersion']),
        namespace,
        resource: { type: kind.toLowerCase(), name, id: uid },
      },
    },
    actors: [],
    targets: statements.targets ?? [],
    marks: statements.marks,
    facts: statements.facts,
    descriptions: statements.descriptions,
  };
}

const words: Readonly<Record<WatchType, string>> = {
  ADDED: 'was added',
  MODIFIED: 'was modified',
  DELETED: 'was deleted',
  LISTED: 'exists',
};

/** From when to when an object was there; undefined end while it is. */
export function objectLife(seen: KubernetesObject): { from_ns: bigint; to_ns: bigint | undefined } {
  const metadata = object(seen.resource['metadata']);
  const from_ns = parseTime(metadata?.['creationTimestamp']) ?? seen.seen_ns;
  if (seen.type !== 'DELETED') return { from_ns, to_ns: undefined };
  const end_ns = parseTime(metadata?.['deletionTimestamp']) ?? seen.seen_ns;
  return { from_ns, to_ns: end_ns > from_ns ? end_ns : from_ns + second_ns };
}
