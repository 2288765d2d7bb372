import { hash } from 'node:crypto';
import {
  actor,
  count,
  entities,
  type FactKind,
  hashes,
  ids,
  name,
  names,
  ranges,
  sha256,
  signed,
  word,
} from './fact.ts';

/** What is written down about one type of record. */
export interface RecordType {
  readonly meaning: string;
  /** The facts a leaf may show. A name ending in `*` stands for every name that begins so. */
  readonly facts: Readonly<Record<string, FactKind>>;
}

/** Facts that a record of any type may have. */
const common = {
  actor,
  subject_kind: word,
  subject_id: name,
  inputs: hashes,
  rule: name,
  rule_version: name,
  rule_sha256: sha256,
  policy: name,
  policy_sha256: sha256,
  reason: word,
  controls: names,
  scope: name,
  subjects: entities,
  namespaces: entities,
  images: entities,
} as const satisfies Record<string, FactKind>;

function record(meaning: string, facts: Readonly<Record<string, FactKind>> = {}): RecordType {
  return { meaning, facts: { ...common, ...facts } };
}

const batch = {
  topic: name,
  partition: count,
  offset_first: count,
  offset_last: count,
  root: sha256,
  records: count,
  ok: count,
  duplicate: count,
  'drop.*': count,
  'reject.*': count,
  schema: name,
};

const detection = {
  signal: name,
  level: word,
  origin: word,
  family: word,
  event: name,
  event_hash: sha256,
  parts: count,
  part_ids: ids,
  parts_sha256: sha256,
  record_sha256: sha256,
};

const incident = {
  incident: name,
  status: word,
  before: word,
  from: name,
  score: name,
  severity: count,
  opened_because: word,
  first_signal: name,
  signals: count,
  members: ids,
  merged_into: name,
  event_time_ns: count,
};

const exported = {
  export: name,
  filter_sha256: sha256,
  records: count,
  range_first: count,
  range_next: count,
  format: word,
  schedule: name,
};
const changed = { name, version: name, sha256, previous_sha256: sha256 };

/**
 * Every type of audit record. A name ending in `*` is a family. Records of types that are not here are logged all the
 * same, with all their facts in the body.
 */
export const catalogue: Readonly<Record<string, RecordType>> = {
  'batch.*': record(
    'A batch of records passed a stage: where it came from, a Merkle root over its exact bytes, what became of it.',
    batch,
  ),
  'detection.fired': record(
    'A rule marked an event, or a correlation rule several signals: then it names these and has the hash over theirs.',
    detection,
  ),
  'detection.withdrawn': record(
    'What a correlation rule said of several signals holds no more: others came, or the rule is another.',
    detection,
  ),
  'detection.suppressed': record('Signals of a rule that a decision keeps from counting.', {
    decision: name,
    signals: count,
    members: ids,
  }),
  'incident.opened': record('Signals add up to an incident.', incident),
  'incident.grown': record('Signals came to an incident.', incident),
  'incident.status': record('An incident has another status.', incident),
  'incident.split': record('An incident was part of another before.', incident),
  'incident.merged': record('An incident became part of another.', incident),
  'incident.withdrawn': record('The signals of an incident no longer add up to one.', incident),
  'incident.milestone': record(
    'Somebody said when the organisation became aware of an incident, classified it, or sent a report of it.',
    { incident: name, milestone: word, regime: word, at_us: count, mark: name },
  ),
  'decision.requested': record(
    'Somebody is about to act on an incident; the act follows as `decision.taken`.',
    {
      decision: name,
      incident: name,
      action: word,
    },
  ),
  'decision.taken': record('A person or a policy acted on an incident.', {
    decision: name,
    incident: name,
    action: word,
    record_sha256: sha256,
  }),
  'access.read': record('Somebody read incidents, events or the ledger.', {
    route: name,
    method: name,
    status: count,
  }),
  'access.search': record(
    'Somebody searched: what for, as a hash over the address asked, and how many rows it found.',
    {
      route: name,
      method: name,
      status: count,
      query_sha256: sha256,
      results: count,
    },
  ),
  'access.denied': record('A login or a request was refused.', { route: name, method: name, status: count }),
  'login.succeeded': record('Somebody came with a token that had not been used for half an hour.', {
    method: word,
  }),
  'login.failed': record('Requests without a token, or with one that nobody holds, were refused.', {
    method: word,
    attempts: count,
    without_token: count,
    addresses: count,
    since_us: count,
  }),
  'export.requested': record('Somebody asked for an export.', exported),
  'export.approved': record('A second person approved an export.', exported),
  'export.refused': record('An export was refused.', exported),
  'export.resumed': record('Writing an export bundle went on after an interruption.', exported),
  'export.created': record('An export bundle was written.', { ...exported, manifest_sha256: sha256 }),
  'export.downloaded': record('An export bundle was handed over.', { ...exported, manifest_sha256: sha256 }),
  'export.cancelled': record('An export was cancelled.', exported),
  'export.expired': record('An export bundle was removed.', exported),
  'config.changed': record('A setting changed.', changed),
  'rule.loaded': record('A set of rules came into force; the body has the hash of each.', {
    rules: count,
    sha256,
    previous_sha256: sha256,
  }),
  'rule.changed': record('A rule was added, changed or removed.', changed),
  'policy.loaded': record('By which numbers is judged from here on; the body has them.', changed),
  'catalogue.changed': record('From here on records are of the types of another catalogue.', changed),
  'key.rotation_ordered': record('Somebody ordered that the signing key be replaced.', { old_key: name }),
  'key.rotated': record('From here on a new key signs this log; the statement is signed by both.', {
    log: name,
    old_key: name,
    new_key: name,
    statement_sha256: sha256,
    overlap_until_s: count,
  }),
  'retention.changed': record('How long records are kept changed.', changed),
  'retention.applied': record('The bodies of these leaves had passed their time and were destroyed.', {
    log: name,
    record_class: word,
    leaves: ranges,
  }),
  'retention.pruned': record('The leaves before the minimum index have passed their time; their tiles go.', {
    log: name,
    minimum_index: count,
    size: count,
    root: sha256,
  }),
  'retention.removed': record('Pruned files that had been put aside were removed for good.', { log: name }),
  'hold.placed': record('A legal hold began; it covers every leaf to which all of these facts apply.', {
    hold: name,
    log: name,
    index_first: count,
    index_next: count,
    from_us: count,
    until_us: count,
    held_types: names,
    held_incident: name,
    held_subject: name,
  }),
  'hold.release_asked': record('The first of two people asked to release a legal hold.', { hold: name }),
  'hold.released': record('A second person agreed to the release, and a legal hold ended.', { hold: name }),
  'hold.refused': record('Something was refused because of a legal hold.', {
    hold: name,
    action: word,
    log: name,
    records: count,
  }),
  'erasure.requested': record('Somebody asked for bodies to be destroyed.', {
    erasure: name,
    basis: word,
    records: count,
  }),
  'erasure.done': record('A second person agreed, and the bodies of these leaves were destroyed.', {
    erasure: name,
    log: name,
    leaves: ranges,
    basis: word,
  }),
  'erasure.refused': record('An erasure was refused.', { erasure: name, hold: name }),
  'pseudonym.resolved': record('Somebody asked who a pseudonym is.', { pseudonym: name, purpose: word }),
  'service.started': record('The service that writes this ledger started.', { service: name }),
  'service.stopped': record('The service that writes this ledger stopped.', { service: name }),
  'source.loss': record('Records were lost before they could be read.', {
    topic: name,
    partition: count,
    offset_from: count,
    offset_to: count,
    records: count,
    source: name,
  }),
  'correlation.shed': record(
    'A correlation rule left signals out, because its state is bounded or they came too late; or there were too many facts to hold.',
    {
      signals: count,
      facts: count,
    },
  ),
  'shard.opened': record('A log began; it continues the one that is named.', {
    previous_log: name,
    previous_size: count,
    previous_root: sha256,
  }),
  'shard.closed': record('A log ended.', { next_log: name }),
  'audit.gap': record('Audit records of a producer are missing.', {
    producer: name,
    sequence_from: count,
    sequence_to: count,
    topic: name,
    partition: count,
    offset_from: count,
    offset_to: count,
  }),
  'audit.malformed': record('A record on the audit topic could not be read.', {
    sha256,
    topic: name,
    partition: count,
    offset: count,
    bytes: count,
  }),
  'audit.heartbeat': record(
    'The auditor is alive though nothing may happen; how far it is with each producer, and how far its clock is off.',
    {
      interval_ms: count,
      leaves: count,
      producers: count,
      'next.*': count,
      witnessed_size: count,
      timestamp_sha256: sha256,
      clock_source: word,
      clock_server: name,
      clock_offset_us: signed,
      clock_error_us_max: count,
    },
  ),
  'anchor.head': record('The head of a log, for witnesses of the log of heads.', {
    log: name,
    origin_sha256: sha256,
    size: count,
    root: sha256,
  }),
  'anchor.unwitnessed': record('The witnesses did not cosign for a time that has ended.', {
    missing_ms: count,
  }),
  'copy.mismatch': record('The search copy was not what the ledger has.', {
    log: name,
    index_first: count,
    index_next: count,
    missing: count,
    changed: count,
  }),
  'ledger.mismatch': record('The published ledger was not what was signed.', {
    log: name,
    index_first: count,
    index_next: count,
  }),
  'audit.counts': record('How many leaves of each type the log has before this one.', { 'count.*': count }),
  'audit.totals': record('What went into a stage and what became of it, since the log began.', {
    stage: name,
    records: count,
    ok: count,
    duplicate: count,
    'drop.*': count,
    'reject.*': count,
    batches: count,
  }),
};

/** The catalogue's entry for a type; undefined when it has none. */
export function recordType(type: string): RecordType | undefined {
  return own(catalogue, type) ?? own(catalogue, `${type.slice(0, type.indexOf('.'))}.*`);
}

/** The kind of a fact of a type; undefined when the catalogue has none. */
export function factKind(type: RecordType, fact: string): FactKind | undefined {
  const exact = own(type.facts, fact);
  if (exact !== undefined) return exact;
  const family = fact.slice(0, fact.indexOf('.') + 1);
  return family === '' || fact === family ? undefined : own(type.facts, `${family}*`);
}

/** SHA-256 of what this version of the catalogue says, hex. */
export function catalogueHash(): string {
  const text = Object.entries(catalogue).map(([type, { meaning, facts }]) => [
    type,
    meaning,
    Object.entries(facts).map(([fact, { pattern }]) => [fact, pattern.source]),
  ]);
  return hash('sha256', JSON.stringify(text));
}

/** Names come from outside: `constructor` is not in the catalogue. */
function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
