import type { Family } from '#shared/avro/types.generated.ts';
import { createMemoryContextStore } from '#shared/context/memory.ts';
import type { Format } from '#shared/event/format.ts';
import { createIngest } from '#shared/ingest/ingest.ts';
import type { BatchProcessor } from '#shared/service/loop.ts';
import type { RuleFiles } from '#shared/sigma/set/load.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { families } from '../../../schemas/topics/topics.ts';
import { admissionFormats } from '../../admission/formats/registry.ts';
import { inventoryFormats } from '../../inventory/formats/registry.ts';
import { networkFormats } from '../../network/formats/registry.ts';
import { runtimeFormats } from '../../runtime/formats/registry.ts';
import { scannerFormats } from '../../scanner/formats/registry.ts';
import { loadKnownExploited } from '../../scanner/known-exploited.ts';
import { compileDetection } from './detection.ts';

export interface IngestSettings {
  readonly scope: string;
  readonly namespace: string;
  readonly rules: RuleFiles;
  /** CISA's catalogue of exploited vulnerabilities. */
  readonly known_exploited?: string | undefined;
}

/**
 * What the family services do with a batch, for all families, with one memory of identities. `now_ms` is the time of
 * the newest record that was sent.
 */
export function createIngestProcessors(
  settings: IngestSettings,
  now_ms: () => number,
): Readonly<Record<Family, BatchProcessor>> {
  const { detector } = compileDetection(settings.rules);
  const formats: Readonly<Record<Family, readonly Format[]>> = {
    scanner: scannerFormats(loadKnownExploited(settings.known_exploited)),
    admission: admissionFormats,
    runtime: runtimeFormats,
    network: networkFormats,
    inventory: inventoryFormats,
  };
  const context = createMemoryContextStore();
  const create = (family: Family): BatchProcessor =>
    createIngest({
      family,
      formats: formats[family],
      context,
      detector: () => detector,
      scope: settings.scope,
      namespace: settings.namespace,
      clock: { now_ms },
      telemetry: noTelemetry,
    });
  const [scanner, admission, runtime, network, inventory] = families.map(create);
  if (!scanner || !admission || !runtime || !network || !inventory)
    throw new TypeError('a family is missing');
  return { scanner, admission, runtime, network, inventory };
}
