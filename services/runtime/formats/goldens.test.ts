import { describeGoldens } from '#shared/ingest/testing/goldens.ts';
import { runtimeFormats } from './registry.ts';

describeGoldens('runtime', runtimeFormats, new URL('fixtures', import.meta.url));
