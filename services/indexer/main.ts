import { runService } from '#shared/service/run.ts';
import { indexerService } from './pipeline.ts';

await runService(indexerService);
