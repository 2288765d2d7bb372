import { BreakwaterError } from '#shared/errors/error.ts';
import type { ApiDeps, ApiServer } from '../contract.ts';
import { findIncident } from '../find-incident.ts';
import { whyNotShape } from '../ports/questions.ts';
import {
  errorAnswer,
  incidentAnswer,
  incidentParams,
  incidentsQuery,
  pageAnswer,
  pageQuery,
  whyNotQuery,
} from '../schemas.ts';

const security = [{ token: [] }];

/** Incidents and their timelines. */
export function registerIncidentRoutes(server: ApiServer, { incidents, questions }: ApiDeps): void {
  server.get(
    '/v1/incidents',
    {
      config: { permission: 'incidents:read', search: true },
      schema: {
        summary: 'Incidents, highest score first.',
        querystring: incidentsQuery,
        response: { 200: pageAnswer },
        security,
      },
    },
    async (request) =>
      plain(
        await incidents.list({ ...request.query, status: request.query.status, after: request.query.after }),
      ),
  );
  server.get(
    '/v1/incidents/why-not',
    {
      config: { permission: 'incidents:read' },
      schema: {
        summary: 'Why two things are not in one incident: what refused each link, as data and as text.',
        querystring: whyNotQuery,
        response: { 200: whyNotShape, 404: errorAnswer, 503: errorAnswer },
        security,
      },
    },
    async (request) => {
      const why = await questions.whyNot(request.query.a, request.query.b);
      if (why === undefined)
        throw new BreakwaterError('BW_INCIDENT_UNKNOWN', 'no signal, event or incident has one of these ids');
      return why;
    },
  );
  server.get(
    '/v1/incidents/:id',
    {
      config: { permission: 'incidents:read' },
      schema: {
        summary: 'One incident; a merged one says into which.',
        params: incidentParams,
        response: { 200: incidentAnswer, 404: errorAnswer },
        security,
      },
    },
    async (request) => ({ ...(await findIncident(incidents, request.params.id)) }),
  );
  server.get(
    '/v1/incidents/:id/timeline',
    {
      config: { permission: 'incidents:read', search: true },
      schema: {
        summary: 'Events of an incident in time order, each with the reason why it belongs.',
        params: incidentParams,
        querystring: pageQuery,
        response: { 200: pageAnswer },
        security,
      },
    },
    async (request) => {
      const { limit, after } = request.query;
      return plain(await incidents.timeline(request.params.id, { limit, after }));
    },
  );
}

/** The mutable shape that the answer schema infers. */
function plain(page: {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next?: string | undefined;
}) {
  return {
    items: page.items.map((item) => ({ ...item })),
    ...(page.next === undefined ? {} : { next: page.next }),
  };
}
