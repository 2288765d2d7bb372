import { codecs } from '#shared/avro/codecs.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { OutgoingRecord, StreamWriter } from '#shared/kafka/port.ts';
import type { AuditEntry, AuditTrail } from './audit-trail.ts';

export interface AuditTrailOptions {
  readonly writer: StreamWriter;
  /** Service and instance, such as `runtime/3f2a`; never used by an earlier process, since numbers start at 0. */
  readonly producer: string;
}

/** Entries that wait because the topic cannot be written; beyond it new ones are refused. */
const entries_pending_max = 10_000;

/**
 * Writes audit records to the `audit` topic, keyed by tenant and numbered without holes for each tenant.
 *
 * A number, once given, belongs to that entry for good: when a send fails its caller is told, but the entry stays
 * first in line, because the brokers may have it already. Calling again with the same array waits for that entry
 * instead of making another.
 */
export function createAuditTrail({ writer, producer }: AuditTrailOptions): AuditTrail {
  return new KafkaAuditTrail(writer, producer);
}

interface Pending {
  readonly entries: readonly AuditEntry[];
  readonly records: readonly OutgoingRecord[];
}

class KafkaAuditTrail implements AuditTrail {
  readonly #writer: StreamWriter;
  readonly #producer: string;
  /** The next number of each tenant. */
  #next: ReadonlyMap<string, bigint> = new Map();
  #pending: Pending[] = [];
  #entries_pending = 0;
  /** The send under way, and the one that will take what has come since. */
  #current: Promise<void> = Promise.resolve();
  #following: Promise<void> | undefined;

  constructor(writer: StreamWriter, producer: string) {
    this.#writer = writer;
    this.#producer = producer;
  }

  async record(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    if (!this.#pending.some((each) => each.entries === entries)) this.#number(entries);
    await this.#sendAll();
  }

  #number(entries: readonly AuditEntry[]): void {
    if (this.#entries_pending + entries.length > entries_pending_max) {
      throw new BreakwaterError('BW_AUDIT_BACKLOG', 'Too many audit records wait to be written', {
        entries_pending: this.#entries_pending,
      });
    }
    // Numbers count once all entries are encoded, so that one that cannot be leaves no hole.
    const next = new Map(this.#next);
    const records = entries.map((entry) => {
      const sequence = next.get(entry.tenant) ?? 0n;
      next.set(entry.tenant, sequence + 1n);
      return this.#encode(entry, sequence);
    });
    this.#next = next;
    this.#entries_pending += entries.length;
    this.#pending.push({ entries, records });
  }

  #encode(entry: AuditEntry, sequence: bigint): OutgoingRecord {
    const value = codecs.auditRecord.encode({
      tenant: entry.tenant,
      producer: this.#producer,
      sequence,
      time_ns: entry.time_ns,
      type: entry.type,
      outcome: entry.outcome,
      facts: entry.facts,
      body: entry.body === undefined ? null : Buffer.from(entry.body),
    });
    return { topic: 'audit', key: entry.tenant, value };
  }

  /** One send at a time, so that numbers arrive in order; all calls made during one share the next. */
  #sendAll(): Promise<void> {
    this.#following ??= this.#current
      // Its own callers have been told; here only its end matters.
      .catch(() => undefined)
      .then(() => {
        this.#following = undefined;
        this.#current = this.#send();
        return this.#current;
      });
    return this.#following;
  }

  async #send(): Promise<void> {
    const sent = [...this.#pending];
    if (sent.length === 0) return;
    await this.#writer.send(sent.flatMap((each) => each.records));
    this.#pending = this.#pending.slice(sent.length);
    for (const each of sent) this.#entries_pending -= each.entries.length;
  }
}
