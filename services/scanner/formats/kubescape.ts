import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { ownerWorkload } from '#shared/event/kubernetes.ts';
import { at, number, object, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { type Scan, severityOfScore } from './finding.ts';
import { reportDraft, withSaid } from './report.ts';
import { ruleFindingDraft } from './rule-finding.ts';
import type { Subject } from './subject.ts';

/** Kubescape's JSON, format version 2: controls that resources fail. */
export const kubescapeFormat: Format = {
  name: 'kubescape',
  family: 'scanner',
  recognises: (record: JsonValue) =>
    isJsonObject(record) &&
    isJsonObject(at(record, 'summaryDetails', 'controls')) &&
    isList(record['results']),
  normalise: (report: JsonObject, { arrival_ns }) => normalise(report, arrival_ns),
};

function normalise(report: JsonObject, arrival_ns: bigint): FormatResult {
  const cluster = text(report['clusterName']);
  const scan: Scan = {
    module: 'kubescape',
    vendor: 'Kubescape',
    version: text(at(report, 'metadata', 'scanMetadata', 'kubescapeVersion')),
    report_id: text(report['reportGUID']),
    time_ns: parseTime(report['generationTime']),
    subject: { reference: undefined, digests: {}, cluster, label: cluster ?? 'a cluster or its files' },
  };
  const controls = object(at(report, 'summaryDetails', 'controls')) ?? {};
  const resources = new Map(objects(report['resources']).map((one) => [text(one['resourceID']), one]));
  const findings = objects(report['results']).flatMap((result) => {
    const subject = subjectOf(result, resources.get(text(result['resourceID'])), cluster);
    return findingsOf({ ...scan, subject }, result, controls);
  });
  const summary = reportDraft(
    scan,
    {
      action: 'cluster-scanned',
      message: `Kubescape scanned ${scan.subject.label}: ${findings.length} failed controls`,
      category: 'configuration',
      said: {
        cluster,
        frameworks: texts(at(report, 'metadata', 'scanMetadata', 'targetNames')),
        compliance_score: number(at(report, 'summaryDetails', 'complianceScore')),
        resources: object(at(report, 'summaryDetails', 'ResourceCounters')),
        findings: findings.length,
      },
    },
    arrival_ns,
  );
  return { kind: 'ok', drafts: [summary, ...findings] };
}

/**
 * The resource, from its object, else from its id, which ends in `<namespace>/<Kind>/<name>`. What has no namespace (roles
 * of the cluster, files) is no workload.
 */
function subjectOf(
  result: JsonObject,
  resource: JsonObject | undefined,
  cluster: string | undefined,
): Subject {
  const id = text(result['resourceID']);
  const [idNamespace, idKind, idName] = (id ?? '').split('/').slice(-3);
  const kind = text(at(resource, 'object', 'kind')) ?? text(idKind);
  const name = text(at(resource, 'object', 'metadata', 'name')) ?? text(idName);
  const namespace = text(at(resource, 'object', 'metadata', 'namespace')) ?? text(idNamespace);
  const isNamed = kind !== undefined && name !== undefined && namespace !== undefined;
  return {
    reference: undefined,
    digests: {},
    workload: isNamed ? ownerWorkload({ namespace, kind, name }) : undefined,
    cluster,
    label: [namespace, kind, name].filter((part) => part !== undefined).join('/') || (id ?? 'a resource'),
  };
}

/** Controls that failed; passed, skipped and excepted ones are counted in the summary alone. */
function findingsOf(scan: Scan, result: JsonObject, controls: JsonObject): Draft[] {
  const failed = objects(result['controls']).filter(({ status }) => at(status, 'status') === 'failed');
  return failed.flatMap((control) => {
    const id = text(control['controlID']);
    if (id === undefined) return [];
    const described = at(controls, id);
    const rules = objects(control['rules']).filter(({ status }) => status === 'failed');
    const paths = rules.flatMap((rule) =>
      objects(rule['paths']).flatMap(
        (path) => text(path['failedPath']) ?? text(at(path, 'fixPath', 'path')) ?? [],
      ),
    );
    const found = {
      id,
      kind: 'misconfiguration',
      title: text(control['name']) ?? text(at(described, 'name')),
      category: text(at(described, 'category', 'name')),
      reference: `https://hub.armosec.io/docs/${encodeURIComponent(id.toLowerCase().toWellFormed())}`,
      severity: severityOfScore(number(at(described, 'scoreFactor'))),
      reason: paths.length === 0 ? undefined : `Failed at ${paths.slice(0, paths_max).join(', ')}`,
    } as const;
    const said = { rules: rules.flatMap((rule) => text(rule['name']) ?? []) };
    return [withSaid(ruleFindingDraft(scan, found), 'kubescape', said)];
  });
}

/** Places named in a reason. */
const paths_max = 20;
