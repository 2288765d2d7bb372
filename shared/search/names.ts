/** Names of data streams and indices; the only place that builds them. */

/** Elasticsearch's type for what happened at a time; Kibana and Elastic's rules look under it. */
const stream_prefix = 'logs-';

/** Where the events of a dataset go: `logs-falco.alerts-breakwater`. */
export function eventStream(dataset: string, namespace: string): string {
  return `${stream_prefix}${dataset}-${namespace}`;
}

/** Every change of every incident. */
export function incidentChangeStream(namespace: string): string {
  return `${stream_prefix}breakwater.incident-${namespace}`;
}

/** The search copy of the audit ledger. */
export function auditStream(namespace: string): string {
  return `${stream_prefix}breakwater.audit-${namespace}`;
}

/** The current state of incidents; the id is the incident's. */
export function incidentIndex(namespace: string): string {
  return `breakwater-incidents-${namespace}`;
}

/** One document an event of an incident; the id is the event's. */
export function timelineIndex(namespace: string): string {
  return `breakwater-timeline-${namespace}`;
}

/** How far each Kafka partition has been indexed. */
export function progressIndex(namespace: string): string {
  return `breakwater-progress-${namespace}`;
}

export function isDataStream(index: string): boolean {
  return index.startsWith(stream_prefix);
}
