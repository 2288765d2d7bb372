import { runService } from '#shared/service/run.ts';
import { scannerService } from './pipeline.ts';

await runService(scannerService);
