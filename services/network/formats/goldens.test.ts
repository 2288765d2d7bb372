import { describeGoldens } from '#shared/ingest/testing/goldens.ts';
import { networkFormats } from './registry.ts';

describeGoldens('network', networkFormats, new URL('fixtures', import.meta.url));
