import { familyService } from '#shared/ingest/family-service.ts';
import { inventoryFormats } from './formats/registry.ts';

export const inventoryService = familyService({
  family: 'inventory',
  description: 'learns from Kubernetes objects and directories who is who, and when',
  formats: () => inventoryFormats,
});
