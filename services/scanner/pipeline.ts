import { readConfig } from '#shared/config/read.ts';
import { familyService } from '#shared/ingest/family-service.ts';
import { knownExploited } from './config.ts';
import { scannerFormats } from './formats/registry.ts';
import { loadKnownExploited } from './known-exploited.ts';

export const scannerService = familyService({
  family: 'scanner',
  description: 'reads what scanners and signature checks say of images',
  formats: () => {
    const config = readConfig({ knownExploited }, process.env);
    return scannerFormats(loadKnownExploited(config.knownExploited));
  },
});
