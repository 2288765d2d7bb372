import type { Draft } from '#shared/event/format.ts';
import { normaliseDigest } from '#shared/event/image.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { ownerWorkload } from '#shared/event/kubernetes.ts';
import { boolean, number, objects, text } from '#shared/event/read.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, severityOf, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { reportDraft, withSaid } from './report.ts';
import { artifactReference, type Subject, subjectFacts } from './subject.ts';

/** A report on workloads: one row for each flaw, package and container; the first row of an image states its facts. */
export function sysdigReportDrafts(
  report: JsonObject,
  arrival_ns: bigint,
  exploited: KnownExploited,
): readonly Draft[] {
  const rows = objects(report['panels']).flatMap((panel) => objects(panel['data']));
  const known = new Set<string>();
  const findings = rows.flatMap((row) => {
    const subject = subjectOf(row);
    const vulnerability = vulnerabilityOf(row);
    if (vulnerability === undefined) return [];
    const said = {
      in_use: boolean(row['scan_package_in_use']),
      has_exploit: boolean(row['vuln_has_exploit']),
      distribution: text(row['container_image_distro']),
    };
    const draft = withSaid(vulnerabilityDraft(scanOf(subject), vulnerability, exploited), 'sysdig', said);
    const image = `${subject.reference?.name ?? ''}:${subject.reference?.tag ?? ''}@${subject.digests.config ?? ''}`;
    if (known.has(image)) return [draft];
    known.add(image);
    return [{ ...draft, facts: subjectFacts(subject, arrival_ns) }];
  });
  const name = text(report['name']) ?? 'Report';
  const summary = reportDraft(
    scanOf({ reference: undefined, digests: {}, label: name }),
    {
      action: 'cluster-scanned',
      message: `${name}: ${findings.length} findings`,
      category: 'vulnerability',
      said: { id: text(report['id']), name, findings: findings.length },
    },
    arrival_ns,
  );
  return [summary, ...findings];
}

function scanOf(subject: Subject): Scan {
  return {
    module: 'sysdig',
    vendor: 'Sysdig',
    version: undefined,
    report_id: undefined,
    time_ns: undefined,
    subject,
  };
}

function subjectOf(row: JsonObject): Subject {
  const image = text(row['container_image']);
  const namespace = text(row['kubernetes_namespace_name']);
  const kind = text(row['kubernetes_workload_type']);
  const name = text(row['kubernetes_workload_name']);
  const isNamed = namespace !== undefined && kind !== undefined && name !== undefined;
  return {
    reference: artifactReference(image),
    digests: { config: normaliseDigest(text(row['container_image_id'])) },
    workload: isNamed
      ? ownerWorkload({ namespace, kind: `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`, name })
      : undefined,
    container_name: text(row['kubernetes_pod_container_name']),
    cluster: text(row['kubernetes_cluster_name']),
    label: image ?? 'an image',
  };
}

function vulnerabilityOf(row: JsonObject): Vulnerability | undefined {
  const id = text(row['vuln_id']);
  if (id === undefined) return undefined;
  const base = number(row['vuln_cvss_score']);
  const version = text(row['vuln_cvss_version']);
  return {
    id,
    title: undefined,
    description: undefined,
    severity: severityOf(text(row['vuln_severity'])),
    score: base === undefined || version === undefined ? undefined : { base, version },
    reference: text(row['vuln_link']),
    fixed_version: text(row['vuln_fixed_in_version']),
    known_exploited: text(row['vuln_cisa_kev_publish_date']) === undefined ? undefined : true,
    suppressed: row['vuln_risk_accepted'] === true ? true : undefined,
    package: {
      name: text(row['scan_package_name']),
      version: text(row['scan_package_version']),
      type: text(row['scan_package_type']),
      path: text(row['scan_package_path']),
    },
  };
}
