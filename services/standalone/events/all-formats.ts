import type { Family } from '#shared/avro/types.generated.ts';
import type { Format } from '#shared/event/format.ts';
import { admissionFormats } from '../../admission/formats/registry.ts';
import { inventoryFormats } from '../../inventory/formats/registry.ts';
import { networkFormats } from '../../network/formats/registry.ts';
import { runtimeFormats } from '../../runtime/formats/registry.ts';
import { scannerFormats } from '../../scanner/formats/registry.ts';
import { loadKnownExploited } from '../../scanner/known-exploited.ts';

/** The formats of every family. */
export function allFormats(): Readonly<Record<Family, readonly Format[]>> {
  return {
    scanner: scannerFormats(loadKnownExploited(undefined)),
    admission: admissionFormats,
    runtime: runtimeFormats,
    network: networkFormats,
    inventory: inventoryFormats,
  };
}
