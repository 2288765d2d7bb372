import { runService } from '#shared/service/run.ts';
import { inventoryService } from './pipeline.ts';

await runService(inventoryService);
