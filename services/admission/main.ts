import { runService } from '#shared/service/run.ts';
import { admissionService } from './pipeline.ts';

await runService(admissionService);
