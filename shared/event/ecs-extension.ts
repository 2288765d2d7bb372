/*
 * What our documents hold beyond ECS: Elastic Agent's `kubernetes.*`, `breakwater.*`, and flattened fields.
 */

/** A JSON object that is indexed as one `flattened` field. */
export type FlattenedValue = Readonly<Record<string, unknown>>;

type Named = { name?: string | undefined };

/** Elastic Agent's names. */
export interface Kubernetes {
  namespace?: string | undefined;
  pod?: { name?: string | undefined; uid?: string | undefined; ip?: string | undefined } | undefined;
  container?: { name?: string | undefined; id?: string | undefined; image?: string | undefined } | undefined;
  node?: { name?: string | undefined; uid?: string | undefined } | undefined;
  deployment?: Named | undefined;
  replicaset?: Named | undefined;
  daemonset?: Named | undefined;
  statefulset?: Named | undefined;
  job?: Named | undefined;
  cronjob?: Named | undefined;
  service?: Named | undefined;
  serviceaccount?: Named | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  /** The audit event in the shape that Elastic's prebuilt rules query. */
  audit?: FlattenedValue | undefined;
}

/** What Breakwater says about the event; every field is documented in docs/fields.md. */
export interface BreakwaterExtension {
  source?: { topic: string; partition: number; offset: number | string } | undefined;
  scope?: string | undefined;
  family?: string | undefined;
  format?: string | undefined;
  /** How far the tool's time was from ours, and where `@timestamp` came from. */
  time?: { source?: 'tool' | 'broker' | 'clamped' | undefined; skew_ms?: number | undefined } | undefined;
  identity?:
    | {
        method?: string | undefined;
        confidence?: number | undefined;
        as_of?: string | undefined;
        workload?:
          | { kind?: string | undefined; name?: string | undefined; namespace?: string | undefined }
          | undefined;
      }
    | undefined;
  image?: FlattenedValue | undefined;
  /** What a scanner's finding says beyond ECS: fixed version, aliases, known to be exploited, suppressed. */
  finding?: FlattenedValue | undefined;
  actors?: readonly string[] | undefined;
  targets?: readonly string[] | undefined;
  rules?: readonly string[] | undefined;
  /** Named redaction patterns that were applied. */
  redacted?: readonly string[] | undefined;
  /** Names of limits that cut the document; the rest is in event.original. */
  truncated?: readonly string[] | undefined;
  /** Both ends of a flow, as pods. */
  source_pod?: PodReference | undefined;
  destination_pod?: PodReference | undefined;
  /** Agent that shipped the record; never the subject. */
  shipper?: FlattenedValue | undefined;
}

export interface PodReference {
  namespace?: string | undefined;
  name?: string | undefined;
  uid?: string | undefined;
  workload?: string | undefined;
  serviceaccount?: string | undefined;
  /** Set where the address is a node's or a service's, not a pod's. */
  node?: string | undefined;
  service?: string | undefined;
  /** How it was found, and how surely (0..100); `unresolved` with 0 when it was not. */
  method?: string | undefined;
  confidence?: number | undefined;
}
