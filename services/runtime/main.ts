import { runService } from '#shared/service/run.ts';
import { runtimeService } from './pipeline.ts';

await runService(runtimeService);
