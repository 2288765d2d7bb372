import { hash } from 'node:crypto';
import { codecs } from '#shared/avro/codecs.ts';
import type { AuditOutcome, AuditRecord, Signal } from '#shared/avro/types.generated.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';
import { leafPseudonym } from '#shared/ledger/pseudonym.ts';
import { entityFacts, listFacts } from '#shared/ledger/records/entities.ts';
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
export function detectionOf({ value }: StreamRecord, secret: Buffer): Decoded<DerivedRecord> {
  const decoded = decodeRecord(value, (bytes) => codecs.signal.decode(bytes));
  if (decoded.kind === 'reject') return decoded;
  const { id, scope, time_ns, rule, event, family, parts } = decoded.value;
  const pseudonym = (name: string): string => leafPseudonym(secret, scope, name);
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
        ...(rule.sha256 === undefined || rule.sha256 === '' ? {} : { rule_sha256: rule.sha256 }),
        level: rule.level,
        origin: rule.origin,
        family,
        event: event.id,
        event_hash: event.hash,
        parts: String(parts.length),
        record_sha256: hash('sha256', value ?? ''),
        ...whereaboutsOf(decoded.value, pseudonym),
      },
      body: null,
    },
  };
}

/** What a signal is about, as far as a leaf shows it. */
function whereaboutsOf(
  { actors, targets, fields }: Signal,
  pseudonym: (name: string) => string,
): Readonly<Record<string, string>> {
  const facts = entityFacts([...actors, ...targets], pseudonym);
  const { namespaces = '', images = '' } = facts;
  const image = fields['container.image.name'];
  const tag = fields['container.image.tag'];
  const own = listFacts({
    namespaces: [...namespaces.split(' '), fields['orchestrator.namespace'] ?? ''],
    images: [
      ...images.split(' '),
      image === undefined || tag === undefined ? (image ?? '') : `${image}:${tag}`,
      fields['container.image.hash.all'] ?? '',
    ],
  });
  return { ...facts, ...own };
}

/** The name of the fact in which a producer lists entities, a line each. */
const entitiesFact = 'entities';

/** A producer's record with what leaves show in place of the entities that it lists: people as pseudonyms. */
export function withoutNames(record: AuditRecord, secret: Buffer): AuditRecord {
  const { [entitiesFact]: entities, ...facts } = record.facts;
  if (entities === undefined) return record;
  const pseudonym = (name: string): string => leafPseudonym(secret, record.tenant, name);
  return { ...record, facts: { ...facts, ...entityFacts(entities.split('\n'), pseudonym) } };
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
