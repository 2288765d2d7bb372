import { describeGoldens } from '#shared/ingest/testing/goldens.ts';
import { loadKnownExploited } from '../known-exploited.ts';
import { scannerFormats } from './registry.ts';

describeGoldens(
  'scanner',
  scannerFormats(loadKnownExploited(undefined)),
  new URL('fixtures', import.meta.url),
);
