import { describeGoldens } from '#shared/ingest/testing/goldens.ts';
import { admissionFormats } from './index.ts';

describeGoldens('admission', admissionFormats, new URL('fixtures', import.meta.url));
