import { hash } from 'node:crypto';
import { codecs } from '#shared/avro/codecs.ts';
import type { OutgoingRecord } from '#shared/kafka/port.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import type { Changes } from './core/fold.ts';
import { defaultParameters } from './core/parameters.ts';

/** The topic of incidents and their timelines. */
export const outputTopic = 'incidents';

/** Changes as records, keyed by scope, so that one scope lies in one partition here too. */
export function recordsOf(scope: string, changes: Changes, write_version: bigint): readonly OutgoingRecord[] {
  const record = (value: Buffer): OutgoingRecord => ({ topic: outputTopic, key: scope, value });
  return [
    ...changes.incidents.map(({ id, status, document }) =>
      record(codecs.incident.encode({ id, scope, write_version, status, document })),
    ),
    ...changes.timeline.map(({ id, document = null }) =>
      record(codecs.timelineEntry.encode({ event_id: id, scope, write_version, document })),
    ),
  ];
}

/** By which numbers incidents are judged. */
const policy = {
  policy: 'correlation-parameters',
  policy_sha256: hash('sha256', JSON.stringify(defaultParameters)),
};

/** Steps of correlation as entries of the audit trail. */
export function stepEntries(
  tenant: string,
  scope: string,
  { steps }: Changes,
  time_ns: bigint,
): readonly AuditEntry[] {
  return steps.map(({ type, time_ns: event_time_ns, incident, facts }) => ({
    tenant,
    type,
    time_ns,
    outcome: 'success',
    facts: { scope, incident, event_time_ns: String(event_time_ns), ...policy, ...facts },
  }));
}
