import { runService } from '#shared/service/run.ts';
import { correlatorService } from './pipeline.ts';

await runService(correlatorService);
