import type { Family, SourcePosition } from '#shared/avro/types.generated.ts';
import { communityId } from '#shared/event/community-id.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { Draft } from '#shared/event/format.ts';
import { eventId } from '#shared/event/identity.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { formatTime, resolveTime } from '#shared/event/time.ts';
import { limitDocument, limitOriginal } from './limits.ts';
import { relatedOf } from './related.ts';

const ecs_version = '9.4.0';

/** What the pipeline knows of the record that a draft came from. */
export interface RecordOrigin {
  readonly scope: string;
  readonly family: Family;
  /** Last part of the data stream's name. */
  readonly namespace: string;
  readonly source: SourcePosition;
  /** `event.hash`. */
  readonly hash: string;
  readonly arrival_ns: bigint;
  /** Wall-clock time of this run, RFC 3339. */
  readonly ingested: string;
}

/** What the pipeline knows of the part of the record that a draft came from. */
export interface PartOrigin {
  readonly format: string;
  /** Tells drafts of one record apart: `<part>.<draft>`. */
  readonly position: string;
  /** The part's text; undefined for all but the first draft of a part, which alone carries it. */
  readonly original: string | undefined;
  readonly shipper: JsonObject | undefined;
  readonly redacted: readonly string[];
}

/** Turns a draft into an event: ids, hash, times, origin, related values, all within the limits. */
export function finish(draft: Draft, part: PartOrigin, record: RecordOrigin): NormalisedEvent {
  const { scope, family, source, hash } = record;
  const { dataset } = draft;
  const id = eventId(scope, dataset, draft.dedupe_key ?? `${hash}#${part.position}`);
  const time = resolveTime(draft.time_ns, record.arrival_ns);
  const { document, truncated } = limitDocument(draft.document);
  const original = part.original === undefined ? undefined : limitOriginal(part.original);
  const originalIsCut = part.original !== undefined && original === undefined;
  document['@timestamp'] = formatTime(time.time_ns);
  document.ecs = { version: ecs_version };
  document.data_stream = { type: 'logs', dataset, namespace: record.namespace };
  document.event = {
    ...document.event,
    kind: document.event?.kind ?? 'event',
    id,
    hash,
    dataset,
    module: document.event?.module ?? moduleOf(dataset),
    created: document.event?.created ?? formatTime(record.arrival_ns),
    ingested: record.ingested,
    original,
  };
  document.network = withCommunityId(document);
  document.related = relatedOf(document);
  document.breakwater = {
    ...document.breakwater,
    scope,
    family,
    format: part.format,
    source: { topic: source.topic, partition: source.partition, offset: offsetOf(source) },
    time: { source: time.source, skew_ms: time.skew_ms },
    actors: listOrNone(draft.actors),
    targets: listOrNone(draft.targets),
    redacted: listOrNone(part.redacted),
    truncated: originalIsCut ? [...(truncated ?? []), 'original_length'].sort() : truncated,
    shipper: part.shipper,
  };
  return {
    id,
    hash,
    scope,
    family,
    format: part.format,
    dataset,
    time_ns: time.time_ns,
    source,
    actors: draft.actors,
    targets: draft.targets,
    marks: draft.marks ?? [],
    facts: draft.facts ?? [],
    descriptions: draft.descriptions ?? [],
    document,
  };
}

/** The id under which other sensors know the same connection; a tool's own stays. */
function withCommunityId({ network, source, destination }: EcsDocument): EcsDocument['network'] {
  const transport = network?.transport;
  if (transport === undefined || network?.community_id?.startsWith('1:') === true) return network;
  if (source?.ip === undefined || destination?.ip === undefined) return network;
  if (source.port === undefined || destination.port === undefined || transport.includes('icmp'))
    return network;
  const from = { ip: source.ip, port: source.port };
  const to = { ip: destination.ip, port: destination.port };
  return { ...network, community_id: communityId(transport, from, to) };
}

function moduleOf(dataset: string): string {
  const dot = dataset.indexOf('.');
  return dot === -1 ? dataset : dataset.slice(0, dot);
}

function listOrNone(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list;
}

function offsetOf(source: SourcePosition): number | string {
  const offset = Number(source.offset);
  return Number.isSafeInteger(offset) ? offset : String(source.offset);
}
