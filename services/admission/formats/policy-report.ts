import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, object, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { findingDraft, type PolicyFinding, type PolicySubject, readSubject } from './policy-finding.ts';

/**
 * Reports of policy engines about objects: PolicyReport and ClusterPolicyReport of the policy working group (all
 * versions), Report and ClusterReport of OpenReports, Kyverno's former intermediate reports. A report is sent whole
 * again whenever one of its results changes: each result is an event of its own, known by object, policy, rule, outcome
 * and the time at which it was found.
 */
export const policyReport: Format = { name: 'policyreport', family: 'admission', recognises, normalise };

const groups = [
  'wgpolicyk8s.io/',
  'openreports.io/',
  'reports.x-k8s.io/',
  'policy.kubernetes.io/',
  'kyverno.io/',
];
const kinds: ReadonlySet<string> = new Set([
  'PolicyReport',
  'ClusterPolicyReport',
  'Report',
  'ClusterReport',
  // Kyverno's own, before 1.13.
  'AdmissionReport',
  'ClusterAdmissionReport',
  'BackgroundScanReport',
  'ClusterBackgroundScanReport',
]);

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const { kind, apiVersion } = unwrapWatch(record);
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return false;
  return kinds.has(kind) && groups.some((group) => apiVersion.startsWith(group));
}

/** A report as a watch tells it. */
function unwrapWatch(record: JsonObject): JsonObject {
  return typeof record['type'] === 'string' && isJsonObject(record['object']) ? record['object'] : record;
}

function normalise(record: JsonObject): FormatResult {
  // A report goes with its object; what it said stays said.
  if (record['type'] === 'DELETED') return { kind: 'drop', reason: 'policyreport.deleted' };
  const report = unwrapWatch(record);
  const metadata = object(report['metadata']);
  const spec = object(report['spec']);
  const owner = object(spec?.['owner']) ?? objects(metadata?.['ownerReferences'])[0];
  const scope = readSubject(object(report['scope']) ?? owner);
  const namespace = text(metadata?.['namespace']);
  const drafts: Draft[] = [];
  for (const result of objects(report['results'] ?? spec?.['results'])) {
    for (const subject of subjectsOf(result, scope, namespace)) {
      const finding = readFinding(result, subject, report);
      if (finding !== undefined) drafts.push(findingDraft(finding, 'kubernetes.policy', finding.engine));
    }
  }
  return drafts.length === 0 ? { kind: 'drop', reason: 'policyreport.all_pass' } : { kind: 'ok', drafts };
}

/** Older reports name the objects in each result, newer ones once in `scope`. */
function subjectsOf(
  result: JsonObject,
  scope: PolicySubject,
  namespace: string | undefined,
): readonly PolicySubject[] {
  const named = isList(result['resources']) ? objects(result['resources']) : [];
  const subjects = named.length === 0 ? [scope] : named.map((resource) => readSubject(resource));
  return subjects.map((subject) => ({ ...subject, namespace: subject.namespace ?? namespace }));
}

/** What passes or does not apply is no finding. */
function readFinding(
  result: JsonObject,
  subject: PolicySubject,
  report: JsonObject,
): PolicyFinding | undefined {
  const written = (text(result['result']) ?? text(result['status']))?.toLowerCase();
  // Early scanners' adapters report findings without a result.
  const outcome = written ?? (text(result['severity']) === undefined ? undefined : 'fail');
  if (outcome === undefined || outcome === 'pass' || outcome === 'skip') return undefined;
  const engine = (text(result['source']) ?? text(report['source']) ?? 'policyreport').toLowerCase();
  const policy = text(result['policy']) ?? text(result['category']) ?? 'unnamed';
  const rule = text(result['rule']);
  const time_ns = timeOf(result['timestamp']) ?? parseTime(object(report['metadata'])?.['creationTimestamp']);
  const about = subject.uid ?? `${subject.kind}/${subject.namespace}/${subject.name}`;
  return {
    engine,
    policy,
    rule,
    result: outcome,
    severity: text(result['severity']),
    category: text(result['category']),
    message: text(result['message']) ?? text(result['description']),
    subject,
    time_ns,
    dedupe_key: [about, policy, rule, outcome, time_ns].join('|'),
    tool: {
      scored: result['scored'] ?? null,
      severity: result['severity'] ?? null,
      properties: result['properties'] ?? null,
    },
  };
}

/** Some tools write a local time into the nanoseconds; then the seconds alone count. */
function timeOf(value: JsonValue | undefined): bigint | undefined {
  if (!isJsonObject(value)) return parseTime(value);
  return integer(value['seconds']) === undefined ? undefined : parseTime({ ...value });
}
