import { describeGoldens } from '#shared/ingest/testing/goldens.ts';
import { admissionFormats } from './registry.ts';

describeGoldens('admission', admissionFormats, new URL('fixtures', import.meta.url));
