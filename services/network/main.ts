import { runService } from '#shared/service/run.ts';
import { networkService } from './pipeline.ts';

await runService(networkService);
