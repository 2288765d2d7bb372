import { runService } from '#shared/service/run.ts';
import { workerService } from './pipeline.ts';

await runService(workerService);
