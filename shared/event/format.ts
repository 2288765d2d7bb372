import type { Family, Level, Relation, RuleOrigin, SignalClass } from '#shared/avro/types.generated.ts';
import type { EcsDocument } from './ecs.ts';
import type { Entity } from './entity.ts';
import type { JsonObject, JsonValue } from './json.ts';

/**
 * The contract between a tool's format and the pipeline. A format is one file in `services/<family>/formats/`; it is
 * pure: parsed JSON in, drafts out. Ids, hashes, limits, redaction and time clamping are the pipeline's work.
 */
export interface Format {
  /** As in `docs/formats.md`: `falco`, `k8s-audit`, `trivy`, … */
  readonly name: string;
  readonly family: Family;
  /** True when the shape is this tool's. Cheap, exact, total: never throws, never trusts the topic. */
  readonly recognises: (record: JsonValue) => boolean;
  /**
   * Reads one record that `recognises` accepted. Never throws; what cannot be used is a rejection with a reason.
   * Text that is no JSON (access logs, VPC flow logs) comes as one string, of one line or of several with their header
   * line. A format sees only what it recognised, so one that recognises objects alone may declare `JsonObject` here.
   */
  normalise(record: JsonObject | string, context: RecordContext): FormatResult;
}

/** What a format may know beside the record itself. */
export interface RecordContext {
  readonly scope: string;
  /** Broker or producer time of the record; for tools that give none. */
  readonly arrival_ns: bigint;
  /** Kubernetes metadata that a log shipper wrapped around the record: the shipper's own pod, unless the format says otherwise. */
  readonly shipper: JsonObject | undefined;
}

export type FormatResult =
  | { readonly kind: 'ok'; readonly drafts: readonly Draft[]; readonly snapshot?: Snapshot | undefined }
  /** Nothing to keep, by a named policy: counted, not an error. */
  | { readonly kind: 'drop'; readonly reason: string }
  /** Not usable: goes to the dead-letter topic with its bytes. */
  | { readonly kind: 'reject'; readonly reason: string };

/**
 * Says that a record states all that holds of something, as it does again and again: only what changed since the former
 * version is news. The drafts are then what holds now.
 */
export interface Snapshot {
  /** What it is the state of, such as the uid of a report. */
  readonly of: string;
  /** Orders the versions of the state; positive, at most 2^62. */
  readonly version: bigint;
  /** What each draft states, in the same order. */
  readonly items: readonly SnapshotItem[];
  /** The event of an item that held in the former version, and does not now. */
  readonly gone: (item: SnapshotItem) => Draft;
  /** The reason for which a version without news is dropped. */
  readonly unchanged: string;
}

export interface SnapshotItem {
  /** Unlike those of all others of the version; the same in all versions. Short, never empty. */
  readonly name: string;
  readonly state: string;
}

/** One event as the format understood it. */
export interface Draft {
  /** Event time in ns since the epoch; undefined when the tool gave none. */
  readonly time_ns: bigint | undefined;
  /** `event.dataset`, such as `falco.alerts`. Lower case, no `-`. */
  readonly dataset: string;
  /** The tool's own identity of this event (auditID + stage, uuid, …); undefined: hash of the bytes and position in the record. */
  readonly dedupe_key: string | undefined;
  readonly document: EcsDocument;
  /** Who did it. Most specific first; all that are certain. */
  readonly actors: readonly Entity[];
  /** What it was done to. */
  readonly targets: readonly Entity[];
  /** The tool's own verdicts: alert, denial, failed policy, finding. Each becomes a signal. */
  readonly marks?: readonly Mark[] | undefined;
  /** Statements that the record makes about identity. */
  readonly facts?: readonly FactDraft[] | undefined;
  /** What the record says of an entity from a time on; feeds the context store. */
  readonly descriptions?: readonly Description[] | undefined;
}

/** A verdict on an event. */
export interface Mark {
  readonly rule: {
    readonly id: string;
    readonly title: string;
    readonly level: Level;
    readonly origin: RuleOrigin;
    /** SHA-256 of the rule, hex, where it is ours. */
    readonly sha256?: string | undefined;
  };
  /** Default: from the level. `context` for posture: it describes an entity and never connects. */
  readonly class?: SignalClass | undefined;
  /** 0..100; default from the level. */
  readonly score?: number | undefined;
  /** A rule that opens an incident whatever the score. */
  readonly opener?: boolean | undefined;
  /** Only the first of its kind counts (`first-key.ts`), so that others may be left out. */
  readonly first_only?: boolean | undefined;
  /** ATT&CK tactics in kebab-case. */
  readonly tactics?: readonly string[] | undefined;
  readonly techniques?: readonly string[] | undefined;
  /** One sentence for the timeline; default: the document's message. */
  readonly summary?: string | undefined;
  /** Override the event's own. */
  readonly actors?: readonly Entity[] | undefined;
  readonly targets?: readonly Entity[] | undefined;
}

export interface FactDraft {
  readonly a: Entity;
  readonly relation: Relation;
  readonly b: Entity;
  readonly from_ns: bigint;
  /** Exclusive; undefined while not known to have ended. */
  readonly to_ns?: bigint | undefined;
  /** 0..100. */
  readonly confidence: number;
}

export interface Description {
  readonly entity: Entity;
  readonly from_ns: bigint;
  readonly to_ns?: bigint | undefined;
  readonly value: Readonly<Record<string, string>>;
}
