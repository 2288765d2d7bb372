import type { Fact, Signal } from '#shared/avro/types.generated.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { FactDraft, Mark } from '#shared/event/format.ts';
import { shortHash, signalId } from '#shared/event/identity.ts';
import { classOfLevel, scoreOfLevel } from '#shared/event/level.ts';
import { namedPeers } from './named-peers.ts';
import { namedPod } from './named-pod.ts';

/** Characters of a summary. */
const summary_length_max = 512;
/** Characters of a field that correlation rules group by. */
const field_length_max = 512;
/**
 * What evidence is looked up by, whether or not a rule groups by it: which image, where it ran, which command, what was
 * asked of the API server, and of which service, with which program and from which country.
 */
const evidence_fields = [
  'container.image.name',
  'container.image.tag',
  'container.image.hash.all',
  'orchestrator.namespace',
  'process.command_line',
  'kubernetes.audit.verb',
  'kubernetes.audit.objectRef.resource',
  'kubernetes.audit.objectRef.subresource',
  'kubernetes.audit.objectRef.namespace',
  'destination.port',
  'http.request.method',
  'url.path',
  'user_agent.original',
  'source.geo.country_iso_code',
];

/**
 * The signals of an event: one per rule that marked it. Must run before enrichment: what a signal says depends on the
 * record and the rule alone, so that the same records give the same incidents in any order. Addresses that a command line
 * names are targets, too, and the pod that it enters.
 */
export function signalsOf(event: NormalisedEvent, signal_fields: readonly string[]): readonly Signal[] {
  if (event.marks.length === 0) return [];
  const fields = fieldsOf(event.document, [...signal_fields, ...evidence_fields]);
  const command_line = event.document.process?.command_line;
  const pod = namedPod(command_line);
  const peers = pod === undefined ? namedPeers(command_line) : [...namedPeers(command_line), pod];
  const byRule = new Map<string, Signal>();
  for (const mark of event.marks) {
    if (!byRule.has(mark.rule.id)) byRule.set(mark.rule.id, signalOf(event, mark, fields, peers));
  }
  return [...byRule.values()];
}

function signalOf(
  event: NormalisedEvent,
  mark: Mark,
  fields: Record<string, string>,
  peers: readonly Entity[],
): Signal {
  const { rule } = mark;
  const targets = mark.targets ?? event.targets;
  return {
    id: signalId(event.id, rule.id),
    scope: event.scope,
    time_ns: event.time_ns,
    family: event.family,
    rule,
    score: mark.score ?? scoreOfLevel[rule.level],
    tactics: mark.tactics ?? [],
    techniques: mark.techniques ?? [],
    actors: mark.actors ?? event.actors,
    targets: peers.length === 0 ? targets : [...new Set([...targets, ...peers])],
    class: mark.class ?? classOfLevel[rule.level],
    opener: mark.opener ?? false,
    first_only: mark.first_only ?? false,
    event: { id: event.id, hash: event.hash, dataset: event.dataset },
    summary: (mark.summary ?? event.document.message ?? rule.title).slice(0, summary_length_max),
    fields,
    parts: [],
  };
}

/** The values of dotted field names; of a list, its first. Absent fields are left out. */
function fieldsOf(document: EcsDocument, names: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const name of names) {
    const value = fieldText(document, name);
    if (value !== undefined) fields[name] = value.slice(0, field_length_max);
  }
  return fields;
}

function fieldText(document: EcsDocument, name: string): string | undefined {
  let current: unknown = document;
  for (const key of name.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = Reflect.get(current, key);
  }
  const value: unknown = Array.isArray(current) ? current[0] : current;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Times that Avro's long holds and Elasticsearch's `date_nanos` shows. */
const time_ns_max = 2n ** 63n - 1n;
/** Characters of an entity; longer ones name nothing that another record would name. */
const entity_length_max = 1_024;

/** What a fact says, without its id and who said it. */
export type Statement = Omit<Fact, 'id' | 'source_hash'>;

/** The facts of an event that are news, without those that no other record could ever meet. */
export function factsOf(event: NormalisedEvent, isNews: (statement: Statement) => boolean): readonly Fact[] {
  const facts: Fact[] = [];
  for (const draft of event.facts) {
    if (!isUsable(draft)) continue;
    const { a, relation, b, from_ns, to_ns = null, confidence } = draft;
    const statement = { scope: event.scope, a, relation, b, from_ns, to_ns, confidence };
    // Most say nothing new, and an id costs a hash.
    if (isNews(statement)) facts.push({ ...statement, id: factId(statement), source_hash: event.hash });
  }
  return facts;
}

function isUsable({ a, b, from_ns, to_ns }: FactDraft): boolean {
  return (
    from_ns >= 0n &&
    from_ns <= time_ns_max &&
    (to_ns === undefined || (to_ns > from_ns && to_ns <= time_ns_max)) &&
    a.length <= entity_length_max &&
    b.length <= entity_length_max
  );
}

function factId({ scope, a, relation, b, from_ns, to_ns, confidence }: Statement): string {
  return shortHash([scope, a, relation, b, from_ns, to_ns ?? '', confidence].join('\u0000'));
}
