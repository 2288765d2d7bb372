import { runService } from '#shared/service/run.ts';
import { gatewayService } from './pipeline.ts';

await runService(gatewayService);
