import { describeGoldens } from '#shared/ingest/testing/goldens.ts';
import { inventoryFormats } from './registry.ts';

describeGoldens('inventory', inventoryFormats, new URL('fixtures', import.meta.url));
