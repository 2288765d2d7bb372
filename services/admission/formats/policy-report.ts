import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, integerText, object, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { goneFinding, isFinding, named } from './policy-item.ts';
import { findingDraft, type PolicyFinding, type PolicySubject, readSubject } from './policy-finding.ts';

/**
 * Reports of policy engines about objects: PolicyReport and ClusterPolicyReport of the policy working group (all
 * versions), Report and ClusterReport of OpenReports, Kyverno's former intermediate reports. A report states all its
 * results anew whenever one changes and with every scan: it is a snapshot, of which only the changes are told.
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

function normalise(record: JsonObject, { arrival_ns }: RecordContext): FormatResult {
  // A report goes with its object; what it said stays said.
  if (record['type'] === 'DELETED') return { kind: 'drop', reason: 'policyreport.deleted' };
  const report = unwrapWatch(record);
  const metadata = object(report['metadata']);
  const results = resultsOf(report);
  const version = versionOf(report, results, arrival_ns);
  const items = named(results);
  const findings = items.filter(({ finding }) => isFinding(finding));
  const known = new Map(items.map(({ name, finding }) => [name, finding]));
  return {
    kind: 'ok',
    drafts: findings.map(({ finding }) => draftOf(finding, version)),
    snapshot: {
      of: text(metadata?.['uid']) ?? nameOf(report, metadata),
      version,
      items: findings.map(({ name, finding }) => ({ name, state: finding.result })),
      gone: ({ name, state }) =>
        resolvedDraft(known.get(name) ?? goneFinding(name, newestTime(results)), state, version),
      unchanged: findings.length === 0 ? 'policyreport.all_pass' : 'policyreport.unchanged',
    },
  };
}

function nameOf({ kind }: JsonObject, metadata: JsonObject | undefined): string {
  return [kind, metadata?.['namespace'], metadata?.['name']].map((part) => text(part) ?? '').join('/');
}

function draftOf(finding: PolicyFinding, version: bigint): Draft {
  const known = { ...finding, dedupe_key: [finding.dedupe_key, version].join('|') };
  return findingDraft(known, 'kubernetes.policy', finding.engine);
}

/** Of what failed: that it passes now, is skipped, or is not checked any more. */
function resolvedDraft(finding: PolicyFinding, former: string, version: bigint): Draft {
  const draft = draftOf({ ...finding, tool: { ...finding.tool, former_result: former } }, version);
  const outcome = finding.result === 'pass' ? 'success' : 'unknown';
  draft.document.event = { ...draft.document.event, outcome };
  return { ...draft, marks: [] };
}

function resultsOf(report: JsonObject): readonly PolicyFinding[] {
  const metadata = object(report['metadata']);
  const spec = object(report['spec']);
  const owner = object(spec?.['owner']) ?? objects(metadata?.['ownerReferences'])[0];
  const scope = readSubject(object(report['scope']) ?? owner);
  const namespace = text(metadata?.['namespace']);
  return objects(report['results'] ?? spec?.['results']).flatMap((result) =>
    subjectsOf(result, scope, namespace).flatMap((subject) => readResult(result, subject, report) ?? []),
  );
}

/**
 * What orders the versions of a report: the version that the API server gave it, else the time of its newest result or
 * its own, else when it came.
 */
function versionOf(report: JsonObject, results: readonly PolicyFinding[], arrival_ns: bigint): bigint {
  const metadata = object(report['metadata']);
  const resource_version = BigInt(integerText(metadata?.['resourceVersion']) ?? 0);
  if (resource_version > 0n && resource_version <= version_max) return resource_version;
  const newest_ns = newestTime(results) ?? parseTime(metadata?.['creationTimestamp']) ?? 0n;
  return newest_ns > 0n && newest_ns <= version_max ? newest_ns : arrival_ns;
}

function newestTime(results: readonly PolicyFinding[]): bigint | undefined {
  return results.reduce<bigint | undefined>(
    (newest, { time_ns }) => (newest === undefined || (time_ns ?? 0n) > newest ? time_ns : newest),
    undefined,
  );
}

const version_max = 2n ** 62n;

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

function readResult(
  result: JsonObject,
  subject: PolicySubject,
  report: JsonObject,
): PolicyFinding | undefined {
  const written = (text(result['result']) ?? text(result['status']))?.toLowerCase();
  // Early scanners' adapters report findings without a result.
  const outcome = written ?? (text(result['severity']) === undefined ? undefined : 'fail');
  if (outcome === undefined) return undefined;
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
    dedupe_key: [about, policy, rule, outcome].join('|'),
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
