import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import type { AuditEntry, AuditTrail } from '#shared/service/audit-trail.ts';
import { createMemoryStream } from '#shared/kafka/memory/stream.ts';
import { Exports, type ExportsOptions } from '#shared/ledger/export/exports.ts';
import { defaultApprovalPolicy } from '#shared/ledger/export/request.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import type { AnchorOptions } from '../../services/auditor/anchor.ts';
import { createAuditorService } from '../../services/auditor/auditor.ts';

export const signingKey = generateKeyPairSync('ed25519').privateKey;
export const exportKey = generateKeyPairSync('ed25519').privateKey;
export const bodySecret = Buffer.alloc(32, 7);
export const export_name = 'ledger.example/export';

/** A running auditor on a stream in memory, and exports over its ledger. */
export interface ExportWorld {
  readonly directory: string;
  readonly trail: AuditTrail;
  readonly exports: Exports;
  stop(): Promise<void>;
}

export async function startWorld(
  folder: string,
  options: Partial<ExportsOptions> = {},
  anchor?: AnchorOptions,
): Promise<ExportWorld> {
  const directory = join(folder, 'ledger');
  const clock = { now_ms: () => Date.UTC(2026, 10, 20, 12) };
  const stream = createMemoryStream({ clock });
  await stream.createTopics(
    ['audit', 'signals', 'decisions'].map((name) => ({ name, partitions: 1, config: {} })),
  );
  const auditor = createAuditorService({
    stream,
    directory,
    origin: 'ledger.example',
    signingKey,
    bodySecret,
    instance: '1',
    tenant: 'default',
    clock,
    log: silentLog,
    telemetry: noTelemetry,
    checkpoint_interval_ms: 20,
    anchor,
  });
  await auditor.start();
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'api/1' });
  const exports = new Exports({
    directory,
    trail,
    exportKey,
    export_name,
    bodySecret,
    policy: defaultApprovalPolicy,
    loadRulesByTag: () => Promise.resolve(() => []),
    software_version: '0.0.0',
    clock,
    ...options,
  });
  return { directory, trail, exports, stop: () => auditor.stop() };
}

/** Records of several types, some with bodies and awkward values. */
export function someEntries(count: number): AuditEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    tenant: 'acme',
    type: ['access.read', 'batch.ingest', 'detection.fired'][index % 3] ?? 'access.read',
    time_ns: BigInt(Date.UTC(2026, 10, 19)) * 1_000_000n + BigInt(index) * 1_000_000_000n,
    outcome: index % 7 === 0 ? 'failure' : 'success',
    facts: { rule: `rule-${index % 5}`, route: '/v1/incidents', comment: '=HYPERLINK("x")' },
    ...(index % 4 === 0 ? { body: JSON.stringify({ reader: `person ${index % 3}`, secret: 'x' }) } : {}),
  }));
}
