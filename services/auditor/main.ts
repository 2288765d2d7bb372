import { runService } from '#shared/service/run.ts';
import { auditorService } from './pipeline.ts';

await runService(auditorService);
