import { familyService } from '#shared/ingest/family-service.ts';
import { networkFormats } from './formats/registry.ts';

export const networkService = familyService({
  family: 'network',
  description: 'reads flows, intrusion alerts and access logs',
  formats: () => networkFormats,
});
