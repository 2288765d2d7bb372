import type { StreamBatch } from '#shared/kafka/port.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import { contentOf, type ReceivedRecord } from './received-record.ts';
import type { TenantLogs } from './tenant-logs.ts';

export interface IntakeOptions {
  /** 32 bytes from which pseudonyms are derived. */
  readonly bodySecret: Buffer;
  /** Where records go whose tenant cannot be told. */
  readonly tenant: string;
  readonly telemetry: Telemetry;
}

/** Adds what a batch holds to the logs of its tenants, and counts it; resolves when all of it is durable. */
export async function takeIn(batch: StreamBatch, logs: TenantLogs, options: IntakeOptions): Promise<void> {
  const { telemetry } = options;
  const started_ms = performance.now();
  const bytes = batch.records.reduce((total, { value }) => total + (value?.length ?? 0), 0);
  const tenants = byTenant(batch, options);
  telemetry.recordsIn(batch.topic, batch.records.length, bytes);
  const added = await Promise.all(
    [...tenants].map(async ([tenant, records]) => (await logs.of(tenant, batch.partition)).add(records)),
  );
  const duplicates = added.reduce((total, each) => total + each.duplicates, 0);
  telemetry.recordsOutcome(batch.topic, 'ok', '', batch.records.length - duplicates);
  if (duplicates > 0) telemetry.recordsOutcome(batch.topic, 'duplicate', '', duplicates);
  telemetry.batchHandled(batch.topic, (performance.now() - started_ms) / 1000);
}

/** What becomes leaves, in the order of arrival. */
function byTenant(
  { records }: StreamBatch,
  { bodySecret, tenant: unknown }: IntakeOptions,
): ReadonlyMap<string, readonly ReceivedRecord[]> {
  const tenants = new Map<string, ReceivedRecord[]>();
  for (const record of records) {
    const content = contentOf(record, bodySecret);
    if (content === undefined) continue;
    const tenant = content.kind === 'malformed' ? unknown : content.record.tenant;
    const { topic, partition, offset, timestamp_ms: received_ms } = record;
    const received: ReceivedRecord = { content, topic, partition, offset, received_ms };
    const of = tenants.get(tenant);
    if (of === undefined) tenants.set(tenant, [received]);
    else of.push(received);
  }
  return tenants;
}
