import type { ApiDeps, ApiServer } from '../contract.ts';
import { checkpointsAnswer } from '../schemas.ts';

/** `GET /v1/audit/checkpoints`: the newest signed checkpoint of every log, and the keys that check them. */
export function registerAuditRoutes(server: ApiServer, { checkpoints }: ApiDeps): void {
  const schema = {
    summary: 'Signed checkpoints of the audit ledger.',
    response: { 200: checkpointsAnswer },
    security: [{ token: [] }],
  };
  server.get('/v1/audit/checkpoints', { config: { permission: 'ledger:read' }, schema }, async () => ({
    logs: [...(await checkpoints.read())],
  }));
}
