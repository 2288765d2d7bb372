import { familyService } from '#shared/ingest/family-service.ts';
import { runtimeFormats } from './formats/registry.ts';

export const runtimeService = familyService({
  family: 'runtime',
  description: 'reads what sensors on the nodes saw processes do',
  formats: () => runtimeFormats,
});
