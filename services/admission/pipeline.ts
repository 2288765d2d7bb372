import { familyService } from '#shared/ingest/family-service.ts';
import { admissionFormats } from './formats/registry.ts';

export const admissionService = familyService({
  family: 'admission',
  description: 'reads what was asked of the Kubernetes API, who asked, and what policies said',
  formats: () => admissionFormats,
});
