import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditFields } from './audit-fields.ts';
import { eventExtension } from './event-extension.ts';
import type { ExtensionFields } from './field.ts';
import { incidentFields, timelineFields } from './incident-fields.ts';
import { kubernetesAuditFields } from './kubernetes-audit.ts';
import { toolFields } from './tools.ts';

export const fieldsPage = join(import.meta.dirname, '../../docs/fields.md');

interface Group {
  readonly title: string;
  readonly about: string;
  readonly fields: ExtensionFields;
}

const groups: readonly Group[] = [
  {
    title: 'Events',
    about:
      'In `logs-<dataset>-<namespace>`, beside ECS. `kubernetes.*` are the names of Elastic Agent; `breakwater.*` says where an event is from and how it was read.',
    fields: eventExtension,
  },
  {
    title: 'Kubernetes audit',
    about:
      'In `logs-kubernetes.audit_logs-<namespace>`. What else an audit event holds is stored under `kubernetes.audit`, not searchable.',
    fields: kubernetesAuditFields,
  },
  {
    title: 'Tools',
    about:
      'One field a tool, any keys below it, searchable by their full name: `falco.output_fields.fd.name: "/etc/shadow"`.',
    fields: toolFields,
  },
  {
    title: 'Incidents',
    about:
      'In `breakwater-incidents-<namespace>`, and every change in `logs-breakwater.incident-<namespace>`.',
    fields: incidentFields,
  },
  {
    title: 'Timelines',
    about: 'In `breakwater-timeline-<namespace>`: one document an event of an incident.',
    fields: timelineFields,
  },
  {
    title: 'Audit ledger',
    about: 'In `logs-breakwater.audit-<namespace>`: the search copy of the ledger.',
    fields: auditFields,
  },
];

/** The page of all fields that ECS does not know. */
export function renderFieldsPage(): string {
  const sections = groups.map(({ title, about, fields }) => {
    const rows = Object.entries(fields)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { type, description }]) => `| \`${name}\` | ${type} | ${description} |`);
    return `## ${title}\n\n${about}\n\n| field | type | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${introduction}\n${sections.join('\n')}`;
}

const introduction = `<!-- Generated from schemas/elasticsearch by \`make generate\`. Do not edit. -->

# Fields

All fields that Breakwater writes are of [ECS](https://www.elastic.co/guide/en/ecs/current/index.html) 9.4 or below. The
index templates know these and no others; tests refuse every document with another one.
`;

if (import.meta.main) writeFileSync(fieldsPage, renderFieldsPage());
