import { listedLeaves } from '../export/listed-leaves.ts';
import { incidentReport } from './report.ts';
import { reportHtml } from './report-html.ts';

/** The files of an incident report, made of the records that a bundle lists. The same records give the same bytes. */
export function reportFiles(
  folder: string,
  incident: string,
  tenant: string,
  as_of: string,
): ReadonlyMap<string, Buffer> {
  const leaves = [...listedLeaves(folder)];
  const report = incidentReport(incident, tenant, leaves, Date.parse(as_of));
  return new Map([
    ['incident-report.json', Buffer.from(`${JSON.stringify(report, null, 2)}\n`)],
    ['incident-report.html', Buffer.from(reportHtml(report))],
  ]);
}
