import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRecord } from '#shared/avro/types.generated.ts';
import type { LifecyclePorts } from '#shared/ledger/lifecycle/ports.ts';
import { leavesOfLog, logsOfTenant } from '#shared/ledger/lifecycle/tenant-leaves.ts';
import { type KeySource, openKeySource } from '#shared/ledger/rotation/signing-keys.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import type { ReceivedRecord } from '../../../../auditor/received-record.ts';
import { TenantLog } from '../../../../auditor/tenant-log.ts';
import { LedgerCheck, type LedgerCheckOptions } from '../verify-ledger.ts';

const day_ms = 86_400_000;
export const bodySecret = Buffer.alloc(32, 5);

/** The ledger of one tenant, its clock and its keys, for tests. */
export class LedgerWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'lifecycle-'));
  readonly directory = join(this.folder, 'ledger');
  readonly firstKey = join(this.folder, 'keys/ledger.pem');
  readonly ports: LifecyclePorts;
  keys: KeySource = openKeySource(this.directory, this.firstKey);
  now_ms = Date.UTC(2026, 0, 5);
  #log: TenantLog | undefined;
  /** What the next record of the producer is numbered. */
  #sequence = 0n;

  constructor() {
    const clock = { now_ms: () => this.now_ms };
    const trail = { record: (entries: readonly AuditEntry[]) => this.#record(entries) };
    this.ports = { directory: this.directory, trail, bodySecret, clock };
  }

  get log(): TenantLog {
    if (this.#log === undefined) throw new Error('the log is not open');
    return this.#log;
  }

  /** Opens the log of the quarter with the keys that sign now. */
  async open(): Promise<void> {
    this.#log = await TenantLog.open({
      directory: this.directory,
      tenant: 'acme',
      prefix: 'acme',
      origin: 'ledger.example',
      signingKey: this.keys,
      bodySecret,
      producer: 'auditor/1',
      clock: this.ports.clock,
      heartbeat_interval_ms: 0,
      onGap: () => undefined,
    });
  }

  async reopen(): Promise<void> {
    await this.log.close();
    await this.open();
  }

  async remove(): Promise<void> {
    await this.#log?.close();
    rmSync(this.folder, { recursive: true });
  }

  async #record(entries: readonly AuditEntry[]): Promise<void> {
    for (const entry of entries)
      await this.log.addEntry({ ...entry, body: entry.body === undefined ? null : Buffer.from(entry.body) });
    await this.log.publish();
  }

  /** Reads by two people, in turn, one record a leaf. */
  async someReads(count: number, type = 'access.read'): Promise<void> {
    const first = this.#sequence;
    this.#sequence += BigInt(count);
    const received = Array.from({ length: count }, (_, index): ReceivedRecord => {
      const reader = index % 2 === 0 ? 'alice' : 'bob';
      const record: AuditRecord = {
        tenant: 'acme',
        producer: 'api/1',
        sequence: first + BigInt(index),
        type,
        outcome: 'success',
        facts: { route: '/v1/incidents' },
        time_ns: BigInt(this.now_ms) * 1_000_000n,
        body: Buffer.from(JSON.stringify({ reader, url: '/v1' })),
      };
      const place = { topic: 'audit', partition: 0, offset: record.sequence, received_ms: this.now_ms };
      return { content: { kind: 'record', record }, ...place };
    });
    await this.log.add(received);
    await this.log.publish();
  }

  /** The next quarter, in a log of its own. */
  async nextQuarter(): Promise<void> {
    await this.log.close();
    this.now_ms += 92 * day_ms;
    await this.open();
    await this.log.publish();
  }

  /** What the verifier finds wrong. */
  verify(options: Partial<LedgerCheckOptions> = {}, where = this.directory): string[] {
    return this.#check(options, where)
      .reports()
      .flatMap(({ name, findings }) => findings.map((each) => `${name}: ${each.where}: ${each.what}`));
  }

  /** What the verifier says about one log. */
  about(name: string): string {
    const reports = this.#check({}, this.directory).reports();
    return reports.find((report) => report.name === name)?.about.join('\n') ?? '';
  }

  #check(options: Partial<LedgerCheckOptions>, where: string): LedgerCheck {
    const defaults = { key: undefined, witnesses: [], quorum: 0, kept: [], minimum_index: undefined };
    return new LedgerCheck(where, { ...defaults, ...options });
  }

  /** The types of all leaves of all logs. */
  async typesOf(): Promise<string[]> {
    const types: string[] = [];
    for (const name of logsOfTenant(this.directory, 'acme'))
      for await (const { leaf } of leavesOfLog(this.directory, name)) types.push(leaf.type);
    return types;
  }
}
