import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Decision } from '#shared/avro/types.generated.ts';
import { milestoneSchema } from '#shared/ledger/incident/milestones.ts';
import { recordMilestone } from '#shared/ledger/incident/record-milestone.ts';
import { isRunnable } from '#shared/ledger/export/request.ts';
import { leafPseudonym } from '#shared/ledger/pseudonym.ts';
import { recordSigned } from '#shared/ledger/signed-leaf.ts';
import type { ApiDeps, ApiServer } from '../contract.ts';
import { findIncident } from '../find-incident.ts';
import {
  decisionAnswer,
  decisionOrder,
  errorAnswer,
  exportAnswer,
  incidentParams,
  milestoneAnswer,
  reportOrder,
} from '../schemas.ts';
import { shownExport } from '../shown-export.ts';

const security = [{ token: [] }];

/** What people do about incidents. Each act is a signed record before it has an effect. */
export function registerDecisionRoutes(server: ApiServer, deps: ApiDeps): void {
  const { incidents, decisions, exports, jobs, audit, bodySecret, now_ms, signed_ms_max } = deps;
  const directory = join(deps.data_folder, 'ledger');
  const ports = { directory, trail: audit, bodySecret, clock: { now_ms }, signed_ms_max };

  server.post(
    '/v1/incidents/:id/decisions',
    {
      config: { permission: 'incidents:decide' },
      schema: {
        summary: 'Act on an incident: assign, comment, acknowledge, close, reopen, merge, split or suppress.',
        params: incidentParams,
        body: decisionOrder,
        response: { 202: decisionAnswer, 404: errorAnswer },
        security,
      },
    },
    async (request, reply) => {
      const { id: incident } = request.params;
      const found = await about(incident);
      const { action, reason } = request.body;
      const decision: Decision = {
        id: randomUUID(),
        scope: found.scope,
        time_ns: BigInt(now_ms()) * 1_000_000n,
        actor: request.reader,
        action,
        incident,
        // A closed incident that becomes worse than was known is opened again.
        arguments: { ...(action === 'close' ? { severity: found.severity } : {}), ...request.body.arguments },
        reason,
      };
      const facts = {
        decision: decision.id,
        incident,
        action,
        actor: leafPseudonym(bodySecret, found.scope, request.reader),
      };
      const entry = { tenant: found.scope, type: 'decision.requested', time_ns: decision.time_ns, facts };
      await recordSigned(directory, audit, { ...entry, outcome: 'success' }, 'decision', signed_ms_max);
      await decisions.write(decision);
      return reply.code(202).send({ decision: decision.id });
    },
  );

  server.post(
    '/v1/incidents/:id/milestones',
    {
      config: { permission: 'incidents:decide' },
      schema: {
        summary:
          'Record what starts or stops the clocks of reporting duties: awareness, classification, reports sent.',
        params: incidentParams,
        body: milestoneSchema,
        response: { 201: milestoneAnswer, 404: errorAnswer },
        security,
      },
    },
    async (request, reply) => {
      const found = await about(request.params.id);
      await recordMilestone(ports, found.scope, request.params.id, request.body, request.reader);
      return reply.code(201).send({ milestone: request.body.milestone });
    },
  );

  server.post(
    '/v1/incidents/:id/report',
    {
      config: { permission: 'exports:request' },
      schema: {
        summary:
          'Ask for an export of all that the ledger has of an incident, with a report and the clocks of duties.',
        params: incidentParams,
        body: reportOrder,
        response: { 202: exportAnswer, 404: errorAnswer },
        security,
      },
    },
    async (request, reply) => {
      const { id: incident } = request.params;
      const found = await about(incident);
      const { purpose } = request.body;
      const order = {
        tenant: found.scope,
        requester: request.reader,
        purpose,
        ask: { incident },
        report: true,
      };
      const asked = await exports.request(order);
      if (isRunnable(asked)) await jobs.add(asked.id);
      return reply.code(202).send(shownExport(asked));
    },
  );

  async function about(id: string): Promise<{ readonly scope: string; readonly severity: string }> {
    const { incident } = await findIncident(incidents, id);
    if (typeof incident !== 'object' || incident === null || !('scope' in incident))
      throw new TypeError('an incident without a scope');
    return {
      scope: String(incident.scope),
      severity: 'severity' in incident ? String(incident.severity) : '',
    };
  }
}
