import { hash } from 'node:crypto';
import { codecs } from '#shared/avro/codecs.ts';
import type { AuditOutcome } from '#shared/avro/types.generated.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';
import { pseudonymOf } from '#shared/ledger/export/redaction.ts';
import { type Decoded, decodeRecord } from '#shared/service/decode.ts';

/** A leaf that the auditor makes of a record of another topic: nobody has to remember to report it. */
export interface DerivedRecord {
  readonly tenant: string;
  readonly type: string;
  readonly time_ns: bigint;
  readonly outcome: AuditOutcome;
  readonly facts: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** Every signal is a detection that fired. The leaf has the hash of the record's bytes. */
export function detectionOf({ value }: StreamRecord): Decoded<DerivedRecord> {
  const decoded = decodeRecord(value, (bytes) => codecs.signal.decode(bytes));
  if (decoded.kind === 'reject') return decoded;
  const { id, scope, time_ns, rule, event, family, parts } = decoded.value;
  return {
    kind: 'value',
    value: {
      tenant: scope,
      type: 'detection.fired',
      time_ns,
      outcome: 'success',
      facts: {
        signal: id,
        rule: rule.id,
        level: rule.level,
        origin: rule.origin,
        family,
        event: event.id,
        event_hash: event.hash,
        parts: String(parts.length),
        record_sha256: hash('sha256', value ?? ''),
      },
      body: null,
    },
  };
}

/** Every decision of a person or a policy about an incident. Who decided, and why, is in the body. */
export function decisionOf({ value }: StreamRecord, secret: Buffer): Decoded<DerivedRecord> {
  const decoded = decodeRecord(value, (bytes) => codecs.decision.decode(bytes));
  if (decoded.kind === 'reject') return decoded;
  const { id, scope, time_ns, actor, action, incident, arguments: given, reason } = decoded.value;
  return {
    kind: 'value',
    value: {
      tenant: scope,
      type: 'decision.taken',
      time_ns,
      outcome: 'success',
      facts: {
        decision: id,
        incident,
        action,
        actor: pseudonymOf(secret, scope, 'audit', actor),
        record_sha256: hash('sha256', value ?? ''),
      },
      body: Buffer.from(JSON.stringify({ actor, reason, arguments: given })),
    },
  };
}
