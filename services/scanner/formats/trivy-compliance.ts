import type { Draft } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { at, number, objects, text } from '#shared/event/read.ts';
import { type Scan, severityOf } from './finding.ts';
import { withSaid } from './report.ts';
import { ruleFindingDraft } from './rule-finding.ts';

/**
 * Controls of a benchmark that a cluster fails, from the status of Trivy Operator's `ClusterComplianceReport`: a count for
 * each control, or each of its checks. Controls that pass are counted in the report alone.
 */
export function complianceFindings(scan: Scan, resource: JsonObject): Draft[] {
  const benchmark = benchmarkOf(resource);
  const summary = objects(at(resource, 'status', 'summaryReport', 'controlCheck'));
  const details = objects(at(resource, 'status', 'detailReport', 'results'));
  return [...summary, ...details].flatMap((control) => {
    const id = text(control['id']);
    const failed = failedChecks(control);
    if (id === undefined || failed === 0) return [];
    const draft = ruleFindingDraft(scan, {
      id,
      kind: 'misconfiguration',
      title: text(control['name']),
      description: text(control['description']) ?? descriptionOf(resource, id),
      category: benchmark,
      severity: severityOf(text(control['severity'])),
      reason: `${failed} failed checks`,
    });
    const identity = scan.report_id === undefined ? undefined : `${scan.report_id}|${id}`;
    return [{ ...withSaid(draft, scan.module, { benchmark, failed }), dedupe_key: identity }];
  });
}

function benchmarkOf(resource: JsonObject): string | undefined {
  const titles = [
    at(resource, 'status', 'summaryReport', 'title'),
    at(resource, 'status', 'detailReport', 'title'),
    at(resource, 'spec', 'compliance', 'title'),
  ];
  return titles.map(text).find((title) => title !== undefined) ?? text(at(resource, 'metadata', 'name'));
}

function failedChecks(control: JsonObject): number {
  const counted = number(control['totalFail']);
  return counted ?? objects(control['checks']).filter(({ success }) => success === false).length;
}

function descriptionOf(resource: JsonObject, id: string): string | undefined {
  const controls = objects(at(resource, 'spec', 'compliance', 'controls'));
  return text(controls.find((control) => control['id'] === id)?.['description']);
}
