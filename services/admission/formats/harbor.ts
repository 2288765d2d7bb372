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
import { at, object, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';

/** Who pushed, pulled and deleted images in Harbor: its webhooks (default payload and CloudEvents) and its audit log. */
export const harbor: Format = { name: 'harbor', family: 'admission', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  return isWebhook(record) || isCloudEvent(record) || isAuditLog(record);
}

function isWebhook(record: JsonObject): boolean {
  return typeof record['type'] === 'string' && isJsonObject(record['event_data']) && 'occur_at' in record;
}

function isCloudEvent(record: JsonObject): boolean {
  return (
    typeof record['type'] === 'string' && record['type'].startsWith('harbor.') && isJsonObject(record['data'])
  );
}

function isAuditLog(record: JsonObject): boolean {
  return (
    'op_time' in record && typeof record['operation'] === 'string' && typeof record['resource'] === 'string'
  );
}

function normalise(record: JsonObject): FormatResult {
  if (isAuditLog(record)) return { kind: 'ok', drafts: [auditDraft(record)] };
  const data = object(record['event_data']) ?? object(record['data']);
  const resources = objects(data?.['resources']);
  const time_ns = parseTime(record['occur_at']) ?? parseTime(record['time']);
  const operator = text(record['operator']);
  const action = actionOf(text(record['type']) ?? 'unknown');
  const drafts = resources.map((resource) => {
    const image = text(resource['resource_url']);
    const digest = normaliseDigest(text(resource['digest']));
    const id = [text(record['id']) ?? time_ns, action, image, digest].join('|');
    return harborDraft({
      action,
      operator,
      image,
      digest,
      time_ns,
      id,
      tool: { repository: at(data, 'repository') ?? null },
    });
  });
  return drafts.length === 0 ? { kind: 'drop', reason: 'harbor.no_artifact' } : { kind: 'ok', drafts };
}

function auditDraft(record: JsonObject): Draft {
  const resource = text(record['resource']);
  return harborDraft({
    action: actionOf(text(record['operation']) ?? 'unknown'),
    operator: text(record['username']),
    // Without the registry's host, which the log does not name, this is no reference that anything else would use.
    image: undefined,
    what: resource,
    digest: undefined,
    time_ns: parseTime(record['op_time']),
    id: text(record['id']),
    tool: { resource: resource ?? null, resource_type: record['resource_type'] ?? null },
  });
}

interface HarborEvent {
  readonly action: string;
  readonly operator: string | undefined;
  readonly image: string | undefined;
  /** For the message when there is no image. */
  readonly what?: string | undefined;
  readonly digest: string | undefined;
  readonly time_ns: bigint | undefined;
  readonly id: string | undefined;
  readonly tool: JsonObject;
}

/** `PUSH_ARTIFACT`, `harbor.artifact.pushed` and `create` are pushes. */
function actionOf(type: string): string {
  const lower = type.toLowerCase();
  if (lower.includes('push') || lower === 'create') return 'push';
  if (lower.includes('pull')) return 'pull';
  return lower.includes('delet') ? 'delete' : lower.replace(/^harbor\./, '');
}

const types = new Map([
  ['push', 'creation'],
  ['pull', 'access'],
  ['delete', 'deletion'],
]);

function harborDraft(event: HarborEvent): Draft {
  const { action, operator, image, what, digest, time_ns, id, tool } = event;
  const parsed = parseImageReference(image);
  const reference = parsed === undefined ? undefined : { ...parsed, digest: parsed.digest ?? digest };
  const document: ToolDocument<'harbor'> = {
    message: `${operator ?? 'unknown'} ${action} ${reference === undefined ? (what ?? image ?? 'an object') : formatImageReference(reference)}`,
    event: {
      kind: 'event',
      category: ['api'],
      type: [types.get(action) ?? 'info'],
      action,
      outcome: 'success',
      module: 'harbor',
    },
    observer: { product: 'harbor', vendor: 'Harbor', type: 'registry' },
    user: operator === undefined ? undefined : { name: operator },
    container: reference === undefined ? undefined : { image: imageFields(reference) },
    harbor: tool,
  };
  const digests = digest === undefined ? {} : { repository: [digest] };
  const targets: readonly Entity[] = imageEntities(reference, digests);
  return {
    time_ns,
    dataset: 'harbor.audit',
    dedupe_key: id,
    document,
    actors: operator === undefined ? [] : [entity('user', userName(operator))],
    targets,
  };
}
