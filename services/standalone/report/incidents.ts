import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { sinkFile } from '../embedded/sink.ts';

/** What reports show of an incident document; more is in the document itself. */
const incidentShape = z.object({
  incident: z.object({
    id: z.string(),
    status: z.string(),
    title: z.string(),
    score: z.number(),
    severity: z.number(),
    first: z.string(),
    last: z.string(),
    events_count: z.number(),
    tactics: z.array(z.string()),
    techniques: z.array(z.string()),
    families: z.array(z.string()),
    opened_because: z.object({ kind: z.string() }).optional(),
    score_terms: z.array(
      z.object({
        term: z.string(),
        points: z.number(),
        rule: z.string().optional(),
        entity: z.string().optional(),
        title: z.string().optional(),
        name: z.string().optional(),
        because: z.string().optional(),
        count: z.number().optional(),
        signals: z.number().optional(),
      }),
    ),
    root_cause: z.object({ summary: z.string(), time: z.string() }),
    could_not_see: z.array(z.unknown()),
  }),
});

/** What reports show of a timeline row. */
const rowShape = z.object({
  '@timestamp': z.string(),
  message: z.string(),
  event: z.object({ id: z.string(), dataset: z.string(), hash: z.string() }),
  incident: z.object({ id: z.string() }),
  breakwater: z.object({
    family: z.string(),
    class: z.string(),
    level: z.string(),
    why: z.object({ link: z.string(), entity: z.string().optional() }),
  }),
});

export type IncidentFields = z.infer<typeof incidentShape>['incident'];
export type TimelineRow = z.infer<typeof rowShape>;

/** An incident with its timeline. */
export interface FoundIncident {
  readonly fields: IncidentFields;
  readonly timeline: readonly TimelineRow[];
}

/** Joins incident documents and timeline documents; highest score first, rows in order of time. */
export function foundIncidents(
  incidents: readonly unknown[],
  rows: readonly unknown[],
): readonly FoundIncident[] {
  const timelines = Map.groupBy(
    rows.map((row) => rowShape.parse(row)),
    (row) => row.incident.id,
  );
  return incidents
    .map((document) => incidentShape.parse(document).incident)
    .map((fields) => ({ fields, timeline: (timelines.get(fields.id) ?? []).toSorted(byTime) }))
    .toSorted((a, b) => b.fields.score - a.fields.score);
}

/** Reads what a replay wrote. */
export function readIncidents(folder: string): readonly FoundIncident[] {
  return foundIncidents(
    readDocuments(sinkFile(folder, 'incidents')),
    readDocuments(sinkFile(folder, 'timeline')),
  );
}

function readDocuments(file: string): readonly unknown[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
}

function byTime(a: TimelineRow, b: TimelineRow): number {
  return a['@timestamp'] < b['@timestamp'] ? -1 : 1;
}
