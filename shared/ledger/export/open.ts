import { join } from 'node:path';
import type { Clock } from '#shared/clock/clock.ts';
import type { exportSettings } from '#shared/config/exports.ts';
import type { ConfigOf } from '#shared/config/setting.ts';
import { softwareVersion } from '#shared/config/software-version.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import { loadRulesByTag } from '../controls/rules-with-tag.ts';
import { loadOrCreateKey, loadOrCreateSecret } from '../key-file.ts';
import { Exports } from './exports.ts';

export interface OpenExportsOptions extends ConfigOf<typeof exportSettings> {
  readonly dataFolder: string;
  /** `<data>/ledger` by default. */
  readonly directory?: string | undefined;
  readonly rulesFolder: string;
  readonly trail: AuditTrail;
  readonly clock: Clock;
}

/** Exports over the ledger of a data folder, with the keys that are there. */
export function openExports(options: OpenExportsOptions): Exports {
  const { dataFolder, rulesFolder, trail, clock, exportName, approvalRecords, approvalBodies } = options;
  const keys = join(dataFolder, 'keys');
  return new Exports({
    directory: options.directory ?? join(dataFolder, 'ledger'),
    trail,
    exportKey: loadOrCreateKey(options.exportKeyFile ?? join(keys, 'export.pem')),
    export_name: exportName,
    bodySecret: loadOrCreateSecret(options.bodyKeyFile ?? join(keys, 'bodies.key')),
    policy: { records_max: approvalRecords, bodies: approvalBodies },
    loadRulesByTag: () => loadRulesByTag(rulesFolder),
    software_version: softwareVersion(),
    timestamp_url: options.timestampUrl,
    clock,
  });
}
