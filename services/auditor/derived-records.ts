import { hash } from 'node:crypto';
import { codecs } from '#shared/avro/codecs.ts';
import type { AuditOutcome, AuditRecord } from '#shared/avro/types.generated.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';
import { leafPseudonym } from '#shared/ledger/pseudonym.ts';
import { detectionFacts } from '#shared/ledger/records/detection.ts';
import { entityFacts } from '#shared/ledger/records/entities.ts';
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

/**
 * Every signal is a detection that fired. The leaf has the hash of the record's bytes. Undefined for what says nothing
 * alone (a score of 0): such are as many as flows and processes, and the leaf of the correlator's batch proves each.
 */
export function detectionOf({ value }: StreamRecord, secret: Buffer): Decoded<DerivedRecord | undefined> {
  const decoded = decodeRecord(value, (bytes) => codecs.signal.decode(bytes));
  if (decoded.kind === 'reject') return decoded;
  if (decoded.value.score === 0) return { kind: 'value', value: undefined };
  const { scope: tenant, time_ns } = decoded.value;
  const facts = namelessFacts(detectionFacts(decoded.value, hash('sha256', value ?? '')), (name) =>
    leafPseudonym(secret, tenant, name),
  );
  return {
    kind: 'value',
    value: { tenant, type: 'detection.fired', time_ns, outcome: 'success', facts, body: null },
  };
}

/** A producer's record with what leaves show in place of the entities that it lists: people as pseudonyms. */
export function withoutNames(record: AuditRecord, secret: Buffer): AuditRecord {
  const facts = namelessFacts(record.facts, (name) => leafPseudonym(secret, record.tenant, name));
  return facts === record.facts ? record : { ...record, facts };
}

/** Facts with `subjects`, `namespaces` and `images` in the place of `entities`, which a producer lists a line each. */
function namelessFacts(
  given: AuditRecord['facts'],
  pseudonym: (name: string) => string,
): AuditRecord['facts'] {
  const { entities, ...facts } = given;
  if (entities === undefined) return given;
  const { namespaces, images } = facts;
  return { ...facts, ...entityFacts(entities.split('\n'), pseudonym, { namespaces, images }) };
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
        actor: leafPseudonym(secret, scope, actor),
        record_sha256: hash('sha256', value ?? ''),
      },
      body: Buffer.from(JSON.stringify({ actor, reason, arguments: given })),
    },
  };
}
