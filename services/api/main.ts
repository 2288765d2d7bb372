import { runService } from '#shared/service/run.ts';
import { apiService } from './pipeline.ts';

await runService(apiService);
