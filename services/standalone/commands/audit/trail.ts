import { systemClock } from '#shared/clock/clock.ts';
import type { LifecyclePorts } from '#shared/ledger/lifecycle/ports.ts';
import { anchorPrefix, logPrefix, parseLogName, shardOf, tenantOf } from '#shared/ledger/log-name.ts';
import { originOf } from '#shared/ledger/origin.ts';
import { openKeySource } from '#shared/ledger/rotation/signing-keys.ts';
import type { AuditEntry, AuditTrail } from '#shared/service/audit-trail.ts';
import { connectKafka } from '#shared/service/connect.ts';
import { createSignedTrail } from '#shared/ledger/signed-leaf.ts';
import { listBoundLogs } from '#shared/ledger/writer/bound.ts';
import { TenantLog } from '../../../auditor/tenant-log.ts';

export interface TrailOptions {
  readonly directory: string;
  readonly brokers: string | undefined;
  readonly signingKeyPath: string;
  readonly bodySecret: Buffer;
  readonly instance: string;
}

/** As which commands number their records. */
const service = 'export';

export interface ClosableTrail extends AuditTrail {
  close(): Promise<void>;
}

/** Through Kafka to the running auditor, which has signed what is recorded; or straight into the ledger, which works only while no auditor has it open. */
export async function openTrail(options: TrailOptions): Promise<ClosableTrail> {
  return options.brokers === undefined ? directTrail(options) : kafkaTrail(options, options.brokers);
}

async function kafkaTrail({ directory, instance }: TrailOptions, brokers: string): Promise<ClosableTrail> {
  const kafka = await connectKafka(service, brokers.split(','), instance);
  const trail = createSignedTrail(directory, kafka.audit, `${service}/${instance}`);
  return { record: (entries) => trail.record(entries), close: () => kafka.close() };
}

/** Lets every log of this quarter say that the key was rotated; when no auditor runs that would. */
export async function noteRotation(
  { directory, bodySecret, clock }: LifecyclePorts,
  firstKey: string,
): Promise<void> {
  const shard = shardOf(clock.now_ms());
  for (const name of listBoundLogs(directory)) {
    const parsed = parseLogName(name);
    if (parsed?.shard !== shard) continue;
    const tenant = tenantOf(parsed.prefix) ?? parsed.prefix;
    const log = await openTenantLog(
      { directory, signingKeyPath: firstKey, bodySecret, instance: 'rotation' },
      tenant,
    );
    await log.heartbeat();
    await log.close();
  }
}

type DirectOptions = Omit<TrailOptions, 'brokers'>;

function openTenantLog(options: DirectOptions, tenant: string): Promise<TenantLog> {
  const { directory, signingKeyPath, bodySecret, instance } = options;
  return TenantLog.open({
    directory,
    tenant,
    prefix: tenant === anchorPrefix ? anchorPrefix : logPrefix(tenant),
    origin: originOf(directory, tenant),
    signingKey: openKeySource(directory, signingKeyPath),
    bodySecret,
    producer: `${service}/${instance}`,
    clock: systemClock,
    heartbeat_interval_ms: 0,
    onGap: () => undefined,
  });
}

function directTrail(options: TrailOptions): ClosableTrail {
  let open: { readonly tenant: string; readonly log: TenantLog } | undefined;
  const logOf = async (tenant: string): Promise<TenantLog> => {
    if (open?.tenant === tenant) return open.log;
    await open?.log.close();
    const log = await openTenantLog(options, tenant);
    open = { tenant, log };
    return log;
  };
  return {
    record: async (entries: readonly AuditEntry[]) => {
      for (const entry of entries) {
        const log = await logOf(entry.tenant);
        const body = entry.body === undefined ? null : Buffer.from(entry.body);
        await log.addEntry({ ...entry, body });
        await log.publish();
      }
    },
    close: async () => {
      await open?.log.close();
    },
  };
}
