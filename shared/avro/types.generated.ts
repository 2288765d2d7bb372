// Generated from schemas/avro by `make generate`. Do not edit.

export type AuditOutcome = 'success' | 'failure' | 'unknown';

/** What a producer wants logged: becomes one leaf of the ledger. Personal data only in body. */
export interface AuditRecord {
  readonly tenant: string;
  /** Service and instance, such as runtime/3f2a. */
  readonly producer: string;
  /** Contiguous for each producer, from 0. */
  readonly sequence: bigint;
  readonly time_ns: bigint;
  /** A name of the record catalogue, such as batch.ingest. */
  readonly type: string;
  readonly outcome: AuditOutcome;
  /** Machine facts for the leaf: counts, hashes, offsets. No personal data. */
  readonly facts: Readonly<Record<string, string>>;
  /** JSON to be kept outside the leaf under a salted commitment. */
  readonly body: null | Buffer;
}

export type DecisionAction = 'assign' | 'comment' | 'acknowledge' | 'close' | 'reopen' | 'merge' | 'split' | 'suppress';

/** What a person or a policy did to an incident. */
export interface Decision {
  readonly id: string;
  readonly scope: string;
  readonly time_ns: bigint;
  readonly actor: string;
  readonly action: DecisionAction;
  readonly incident: string;
  readonly arguments: Readonly<Record<string, string>>;
  readonly reason: string;
}

export type Family = 'scanner' | 'admission' | 'runtime' | 'network' | 'inventory';

export interface SourcePosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A normalised event: what routing, correlation and evidence need as fields, and the ECS document as the exact JSON text that is indexed. */
export interface Event {
  /** event.id: 128 bits, base64url; deterministic. */
  readonly id: string;
  /** event.hash: SHA-256 (hex) of the raw record value. */
  readonly hash: string;
  /** Tenant and cluster; the Kafka key. */
  readonly scope: string;
  readonly family: Family;
  /** The parser that read it, such as falco. */
  readonly format: string;
  /** event.dataset; names the data stream. */
  readonly dataset: string;
  /** Event time. */
  readonly time_ns: bigint;
  readonly source: SourcePosition;
  /** The ECS document as JSON text. */
  readonly document: string;
}

export type Relation = 'is' | 'part_of' | 'runs_on' | 'runs_as' | 'uses' | 'spawned';

/** A statement with a valid interval that links two entities. The same statement seen twice is merged: earliest from, earliest known to. */
export interface Fact {
  /** Hash of the content, base64url. */
  readonly id: string;
  readonly scope: string;
  readonly a: string;
  readonly relation: Relation;
  readonly b: string;
  readonly from_ns: bigint;
  /** Exclusive; null while not known to have ended. */
  readonly to_ns: null | bigint;
  /** 0 to 100. */
  readonly confidence: number;
  /** event.hash of the record that says so. */
  readonly source_hash: string;
}

export type IncidentStatus = 'candidate' | 'open' | 'acknowledged' | 'closed' | 'merged';

/** The state of one incident. The document depends on the set of signals, facts and decisions alone; write_version does not. */
export interface Incident {
  readonly id: string;
  readonly scope: string;
  /** Highest input position that changed it: Elasticsearch's external version. */
  readonly write_version: bigint;
  readonly status: IncidentStatus;
  /** The incident as JSON text. */
  readonly document: string;
}

export type SignalFamily = 'scanner' | 'admission' | 'runtime' | 'network' | 'inventory';

export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical';

export type RuleOrigin = 'tool' | 'sigma' | 'correlation' | 'posture';

export interface RuleReference {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  /** Who judged: the tool, a Sigma rule, a Sigma correlation or a posture check. */
  readonly origin: RuleOrigin;
  /** SHA-256 of the rule as it was judged by, hex; empty where the rule is not ours. May be left out when writing. */
  readonly sha256?: string | undefined;
}

export type SignalClass = 'bridge' | 'attach' | 'context';

export interface EventReference {
  readonly id: string;
  readonly hash: string;
  readonly dataset: string;
}

/** An event that a rule, a policy or the tool itself marked. All content derives from the raw record and the rule, never from arrival. */
export interface Signal {
  /** Hash of event id and rule id, base64url. */
  readonly id: string;
  readonly scope: string;
  readonly time_ns: bigint;
  readonly family: SignalFamily;
  readonly rule: RuleReference;
  /** 0 to 100. */
  readonly score: number;
  /** ATT&CK tactic names, kebab-case, such as initial-access. */
  readonly tactics: readonly string[];
  /** ATT&CK technique ids. */
  readonly techniques: readonly string[];
  /** Entities that acted, kind:value. */
  readonly actors: readonly string[];
  /** Entities acted upon, kind:value. */
  readonly targets: readonly string[];
  readonly class: SignalClass;
  /** A sequence rule: opens an incident whatever the score. */
  readonly opener: boolean;
  /** Only the first of its kind counts: others like it may have been left out. May be left out when writing. */
  readonly first_only?: boolean | undefined;
  readonly event: EventReference;
  /** One sentence for the timeline. */
  readonly summary: string;
  /** The event's fields that correlation rules group by or count. */
  readonly fields: Readonly<Record<string, string>>;
  /** Ids of the signals that a correlation joined. */
  readonly parts: readonly string[];
}

/** One event of one incident. The document id is the event's, so that a merge moves the row. */
export interface TimelineEntry {
  readonly event_id: string;
  readonly scope: string;
  readonly write_version: bigint;
  /** JSON text; null when the event left every shown incident. */
  readonly document: null | string;
}
