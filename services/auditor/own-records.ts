import { hash } from 'node:crypto';
import type { AuditRecord } from '#shared/avro/types.generated.ts';
import type { Rotation } from '#shared/ledger/verify/key-chain.ts';
import { verifierKeyOf } from '#shared/ledger/verify/note.ts';
import type { Bound } from '#shared/ledger/writer/bound.ts';
import type { LogState } from './log-state.ts';

/** What the auditor itself says in a log; without a time of its own it is of now. */
export type OwnRecord = Pick<AuditRecord, 'type' | 'outcome' | 'facts'> &
  Partial<Pick<AuditRecord, 'time_ns' | 'body'>>;

/** Producers that a heartbeat lists: those heard of most recently. */
const heartbeat_producers_max = 48;

/** The first leaf of a log names the log before it, if there is one. */
export function openedRecord(
  previous: { readonly log: string; readonly bound: Bound } | undefined,
): OwnRecord {
  const facts: AuditRecord['facts'] =
    previous === undefined
      ? {}
      : {
          previous_log: previous.log,
          previous_size: String(previous.bound.size),
          previous_root: previous.bound.root.toString('hex'),
        };
  return { type: 'shard.opened', outcome: 'success', facts };
}

/** The last leaf of a log names the one after it. */
export function closedRecord(next_log: string): OwnRecord {
  return { type: 'shard.closed', outcome: 'success', facts: { next_log } };
}

/** Other types of records than before, or other facts that they show; `previous_sha256` is empty when nobody knows. */
export function catalogueRecord(previous_sha256: string, sha256: string): OwnRecord {
  const facts = { name: 'records', sha256 };
  return {
    type: 'catalogue.changed',
    outcome: 'success',
    facts: previous_sha256 === '' ? facts : { ...facts, previous_sha256 },
  };
}

/** Another key signs the log. */
export function rotationRecord(log: string, origin: string, rotation: Rotation): OwnRecord {
  const facts = {
    log,
    old_key: verifierKeyOf(origin, rotation.old).id,
    new_key: verifierKeyOf(origin, rotation.next).id,
    statement_sha256: rotation.sha256,
    overlap_until_s: String(rotation.until_s),
  };
  return { type: 'key.rotated', outcome: 'success', facts };
}

/** Numbers of a producer that were passed over: from `from`, before `to`. */
export function gapRecord(producer: string, from: bigint, to: bigint): OwnRecord {
  const facts = { producer, sequence_from: String(from), sequence_to: String(to) };
  return { type: 'audit.gap', outcome: 'failure', facts };
}

/** Bytes on the topic that are no record. */
export function malformedRecord(bytes: Buffer): OwnRecord {
  const facts = { bytes: String(bytes.length), sha256: hash('sha256', bytes) };
  return { type: 'audit.malformed', outcome: 'failure', facts };
}

/** What each stage took in and what became of it, a record each. */
export function totalsRecords({ totals }: LogState): OwnRecord[] {
  return totals.stageFacts().map((facts) => ({ type: 'audit.totals', outcome: 'success', facts }));
}

/** How many leaves of each type there are. */
export function countsRecord({ totals }: LogState): OwnRecord {
  return { type: 'audit.counts', outcome: 'success', facts: totals.typeFacts() };
}

/** How far each producer is; `leaves` are those before this one. `also` is what else the heartbeat says. */
export function heartbeatRecord(
  { marks }: LogState,
  interval_ms: number,
  leaves: number,
  also: Readonly<Record<string, string>>,
): OwnRecord {
  const next = [...marks.next()].slice(-heartbeat_producers_max);
  const facts = {
    interval_ms: String(interval_ms),
    leaves: String(leaves),
    producers: String(next.length),
    ...also,
    ...Object.fromEntries(next.map(([producer, sequence]) => [`next.${producer}`, String(sequence)])),
  };
  return { type: 'audit.heartbeat', outcome: 'success', facts };
}
