import { hash } from 'node:crypto';
import { codecs } from '#shared/avro/codecs.ts';
import type { Signal } from '#shared/avro/types.generated.ts';
import type { OutgoingRecord } from '#shared/kafka/port.ts';
import { detectionFacts, partsHash, signalHash } from '#shared/ledger/records/detection.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import type { Changes } from './core/fold.ts';
import { defaultParameters, type Parameters } from './core/parameters.ts';

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

/** The text that the steps name by its hash. */
export function parametersEntry(parameters: Parameters, tenant: string, now_ms: number): AuditEntry {
  const text = JSON.stringify(parameters);
  return {
    tenant,
    type: 'policy.loaded',
    time_ns: BigInt(now_ms) * 1_000_000n,
    outcome: 'success',
    facts: { name: policy.policy, sha256: hash('sha256', text) },
    body: text,
  };
}

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

/** One part may be named by many firings. */
const partHashes = new WeakMap<Signal, string>();

function partHashOf(part: Signal): string {
  const known = partHashes.get(part) ?? signalHash(part);
  partHashes.set(part, known);
  return known;
}

/**
 * What was judged beside incidents, as entries of the audit trail: firings, which no other topic has, in the tenant that
 * their parts are in; and what decisions suppress.
 */
export function judgementEntries(
  tenant: string,
  scope: string,
  { firings, suppressed }: Changes,
  time_ns: bigint,
): readonly AuditEntry[] {
  const fired = firings.map(({ firing, parts, holds }): AuditEntry => {
    const facts = detectionFacts(firing, signalHash(firing));
    return {
      tenant: firing.scope,
      type: holds ? 'detection.fired' : 'detection.withdrawn',
      time_ns: firing.time_ns,
      outcome: 'success',
      facts: holds ? { ...facts, parts_sha256: partsHash(parts.map(partHashOf)) } : facts,
    };
  });
  const kept = suppressed.map(({ decision, rule, members, signals }): AuditEntry => {
    const facts = { scope, decision, rule: rule.id, signals: String(signals), members: members.join(' ') };
    const rule_sha256 = rule.sha256 ?? '';
    return {
      tenant,
      type: 'detection.suppressed',
      time_ns,
      outcome: 'success',
      facts: rule_sha256 === '' ? facts : { ...facts, rule_sha256 },
    };
  });
  return [...fired, ...kept];
}
