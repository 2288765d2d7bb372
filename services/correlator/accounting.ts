import type { OutgoingRecord } from '#shared/kafka/port.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import type { Tally } from '#shared/service/conservation.ts';
import { deadLetter } from '#shared/service/dead-letter.ts';
import type { Outcome } from '#shared/service/outcome.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import type { SignalOutcome } from './core/fold.ts';
import type { Input } from './inputs.ts';
import type { ShardChanges } from './shard.ts';

/** What became of each record, as every service counts it. */
export function outcomesOf(inputs: readonly Input[], signals: readonly SignalOutcome[]): readonly Outcome[] {
  return inputs.map((input, at): Outcome => {
    if (input.kind === 'reject') return { kind: 'reject', reason: input.reason, detail: input.detail };
    const outcome = signals[at];
    if (outcome === 'duplicate') return { kind: 'duplicate' };
    return outcome === 'late' ? { kind: 'drop', reason: 'late' } : { kind: 'ok', outputs: [] };
  });
}

export function deadLettersOf(inputs: readonly Input[]): readonly OutgoingRecord[] {
  return inputs.flatMap((input) =>
    input.kind === 'reject' ? [deadLetter('dlq.index', input.record, input.reason, input.detail)] : [],
  );
}

/** Counts what became of the records of a batch. */
export function countOutcomes(telemetry: Telemetry, topic: string, tally: Tally): void {
  telemetry.recordsOutcome(topic, 'ok', '', tally.ok);
  if (tally.duplicate > 0) telemetry.recordsOutcome(topic, 'duplicate', '', tally.duplicate);
  for (const kind of ['drop', 'reject'] as const) {
    for (const [reason, records] of Object.entries(tally[kind]))
      telemetry.recordsOutcome(topic, kind, reason, records);
  }
}

/** Says what was left out because state is bounded: in the log, as a metric, and as entries of the audit trail. */
export function reportShed(
  { scopes }: ShardChanges,
  { log, telemetry }: { readonly log: Log; readonly telemetry: Telemetry },
  tenant: string,
  time_ns: bigint,
): readonly AuditEntry[] {
  const entry = (facts: AuditEntry['facts']): AuditEntry => ({
    tenant,
    type: 'correlation.shed',
    time_ns,
    outcome: 'failure',
    facts,
  });
  return scopes.flatMap(({ scope, changes: { shed, facts_shed } }) => {
    const entries = shed.map(({ rule_id: rule, reason, signals }): AuditEntry => {
      log.warn('a correlation rule left signals out', { scope, rule, reason, signals });
      telemetry.signalsShed(reason, signals);
      return entry({ scope, rule, reason, signals: String(signals) });
    });
    if (facts_shed === 0) return entries;
    log.warn('state shed: too many facts are held', { scope, facts: facts_shed });
    telemetry.factsShed(facts_shed);
    return [...entries, entry({ scope, reason: 'facts_full', facts: String(facts_shed) })];
  });
}
