import { BreakwaterError } from '#shared/errors/error.ts';
import { isRunnable } from '#shared/ledger/export/request.ts';
import type { ApiDeps, ApiServer } from '../contract.ts';
import { pageOf } from '../page.ts';
import {
  errorAnswer,
  exportAnswer,
  exportOrder,
  exportParams,
  exportsAnswer,
  exportsQuery,
} from '../schemas.ts';
import { shownExport } from '../shown-export.ts';

const security = [{ token: [] }];
/** Exports that may wait or be written at a time. */
const unfinished_max = 100;

/** Asking for exports of the ledger, and the steps until they are created. */
export function registerExportRoutes(server: ApiServer, { exports, jobs, tenant }: ApiDeps): void {
  server.post(
    '/v1/exports',
    {
      config: { permission: 'exports:request' },
      schema: {
        summary: 'Ask for an export. It is written at once when nobody has to approve it.',
        body: exportOrder,
        response: { 202: exportAnswer, 400: errorAnswer, 429: errorAnswer },
        security,
      },
    },
    async (request, reply) => {
      const unfinished = exports
        .list()
        .filter(({ status }) => status === 'requested' || status === 'approved');
      if (unfinished.length >= unfinished_max)
        throw new BreakwaterError('BW_EXPORT_LIMIT', `${unfinished.length} exports wait to be created`);
      const asked = await exports.request({
        ...request.body,
        tenant: request.body.tenant ?? tenant,
        requester: request.reader,
      });
      if (isRunnable(asked)) await jobs.add(asked.id);
      return reply.code(202).send(shownExport(asked));
    },
  );
  server.get(
    '/v1/exports',
    {
      config: { permission: 'exports:read', search: true },
      schema: {
        summary: 'Exports that were asked for, oldest first.',
        querystring: exportsQuery,
        response: { 200: exportsAnswer },
        security,
      },
    },
    (request) => {
      const { status, limit, after } = request.query;
      const all = exports.list().filter((each) => status === undefined || each.status === status);
      return pageOf(all.map(shownExport), ({ id }) => id, limit, after);
    },
  );
  server.get(
    '/v1/exports/:id',
    {
      config: { permission: 'exports:read' },
      schema: {
        summary: 'The state of one export.',
        params: exportParams,
        response: { 200: exportAnswer, 404: errorAnswer },
        security,
      },
    },
    (request) => shownExport(exports.get(request.params.id)),
  );
  const steps = {
    approve: 'Approve the export of somebody else; it is written then.',
    refuse: 'Refuse an export that waits for approval.',
    cancel: 'End an export that is not created yet.',
  } as const;
  for (const step of ['approve', 'refuse', 'cancel'] as const) {
    server.post(
      `/v1/exports/:id/${step}`,
      {
        config: { permission: step === 'cancel' ? 'exports:request' : 'exports:approve' },
        schema: {
          summary: steps[step],
          params: exportParams,
          response: { 200: exportAnswer, 404: errorAnswer, 409: errorAnswer },
          security,
        },
      },
      async (request) => {
        const done = await exports[step](request.params.id, request.reader);
        if (isRunnable(done)) await jobs.add(done.id);
        return shownExport(done);
      },
    );
  }
}
