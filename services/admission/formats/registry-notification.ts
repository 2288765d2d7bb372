import { addressEntity, parseEndpoint } from '#shared/event/address.ts';
import type { ToolDocument } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import {
  formatImageReference,
  imageFields,
  imageEntities,
  normaliseDigest,
  parseImageReference,
} from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { userName } from '#shared/event/kubernetes.ts';
import { at, list, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';

/**
 * Notifications of a registry (CNCF Distribution, which Harbor and others run): who pushed, pulled or deleted which
 * image, and from where.
 */
export const registryNotification: Format = {
  name: 'registry',
  family: 'admission',
  recognises,
  normalise,
};

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const [first] = list(record['events']);
  return typeof at(first, 'action') === 'string' && typeof at(first, 'target', 'repository') === 'string';
}

function normalise(record: JsonObject): FormatResult {
  const drafts = objects(record['events']).filter(isAboutImage).map(notificationDraft);
  return drafts.length === 0 ? { kind: 'drop', reason: 'registry.layer' } : { kind: 'ok', drafts };
}

/** Layers come and go one by one with each image. A deletion names no media type. */
function isAboutImage(event: JsonObject): boolean {
  const type = text(at(event, 'target', 'mediaType'));
  return type === undefined || /manifest|index/.test(type);
}

const types = new Map([
  ['push', 'creation'],
  ['pull', 'access'],
  ['mount', 'creation'],
  ['delete', 'deletion'],
]);

function notificationDraft(event: JsonObject): Draft {
  const action = text(event['action']) ?? 'unknown';
  const user = text(at(event, 'actor', 'name'));
  const from = parseEndpoint(text(at(event, 'request', 'addr')));
  const digest = normaliseDigest(text(at(event, 'target', 'digest')));
  const reference = imageOf(event, digest);
  const what = reference === undefined ? 'an image' : formatImageReference(reference);
  const document: ToolDocument<'distribution'> = {
    message: `${user ?? 'unknown'} ${action} ${what}${from === undefined ? '' : ` from ${from.ip}`}`,
    event: {
      kind: 'event',
      category: ['api'],
      type: [types.get(action) ?? 'info'],
      action,
      outcome: 'success',
      module: 'registry',
    },
    observer: {
      product: 'registry',
      vendor: 'CNCF Distribution',
      type: 'registry',
      hostname: text(at(event, 'source', 'instanceID')),
    },
    user: user === undefined ? undefined : { name: user },
    source: from,
    user_agent: { original: text(at(event, 'request', 'useragent')) },
    http: { request: { method: text(at(event, 'request', 'method')) } },
    container: reference === undefined ? undefined : { image: imageFields(reference) },
    distribution: {
      media_type: text(at(event, 'target', 'mediaType')),
      request_id: text(at(event, 'request', 'id')),
      from_repository: text(at(event, 'target', 'fromRepository')),
    },
  };
  return {
    time_ns: parseTime(event['timestamp']),
    dataset: 'registry.notifications',
    dedupe_key: text(event['id']),
    document,
    actors: [user === undefined ? undefined : entity('user', userName(user)), addressEntity(from?.ip)].filter(
      (one): one is Entity => one !== undefined,
    ),
    targets: imageEntities(reference, digest === undefined ? {} : { repository: [digest] }),
  };
}

/** The registry's host is the one that the client asked. */
function imageOf(event: JsonObject, digest: string | undefined): ReturnType<typeof parseImageReference> {
  const host = text(at(event, 'request', 'host'));
  const repository = text(at(event, 'target', 'repository'));
  if (repository === undefined) return undefined;
  const tag = text(at(event, 'target', 'tag'));
  const name = host === undefined ? repository : `${host}/${repository}`;
  const tagged = tag === undefined ? name : `${name}:${tag}`;
  return parseImageReference(digest === undefined ? tagged : `${tagged}@${digest}`);
}
