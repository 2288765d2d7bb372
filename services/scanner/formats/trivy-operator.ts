import type { EcsDocument } from '#shared/event/ecs.ts';
import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { ownerWorkload } from '#shared/event/kubernetes.ts';
import { at, number, object, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { KnownExploited } from '../known-exploited.ts';
import {
  ecsSeverity,
  type Scan,
  scanFields,
  severityOf,
  type Vulnerability,
  vulnerabilityDraft,
} from './finding.ts';
import { type Subject, subjectEntities, subjectFacts } from './subject.ts';
import { complianceFindings } from './trivy-compliance.ts';

const group = 'aquasecurity.github.io/';

/**
 * Trivy Operator's report resources: bare, as its webhook wraps them (`{verb, operatorObject}`), or all of a cluster by
 * the name of their kind.
 */
export function createTrivyOperatorFormat(exploited: KnownExploited): Format {
  return {
    name: 'trivy-operator',
    family: 'scanner',
    recognises,
    normalise: (record: JsonObject, { arrival_ns }) => normalise(record, arrival_ns, exploited),
  };
}

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const resource = isJsonObject(record['operatorObject']) ? record['operatorObject'] : record;
  const version = resource['apiVersion'];
  if (typeof version === 'string' && version.startsWith(group)) return typeof resource['kind'] === 'string';
  return version === undefined && isByKind(record);
}

/** `{"vulnerabilityreports.aquasecurity.github.io": […], …}` */
function isByKind(record: JsonObject): boolean {
  const [kind] = Object.keys(record);
  return kind?.endsWith(`.${group.slice(0, -1)}`) === true && Object.values(record).every(isList);
}

function normalise(record: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  if (text(record['verb']) === 'delete') return { kind: 'drop', reason: 'report.deleted' };
  const resources = isByKind(record)
    ? Object.values(record).flatMap((list) => objects(list))
    : [object(record['operatorObject']) ?? record];
  const drafts = resources.flatMap((resource) => draftsOf(resource, arrival_ns, exploited));
  return drafts.length === 0
    ? { kind: 'reject', reason: 'trivy_operator.no_report' }
    : { kind: 'ok', drafts };
}

function draftsOf(resource: JsonObject, arrival_ns: bigint, exploited: KnownExploited): readonly Draft[] {
  // What a cluster complies with is in the status; all other reports are in `report`.
  const report = object(resource['report']) ?? object(resource['status']);
  if (report === undefined) return [];
  const scan = scanOf(resource, report);
  const vulnerabilities = objects(report['vulnerabilities']).flatMap((found) => vulnerabilityOf(found) ?? []);
  const findings = vulnerabilities.map((found) => vulnerabilityDraft(scan, found, exploited));
  const checks = objects(report['checks']).flatMap((check) => checkDraft(scan, check));
  const secrets = objects(report['secrets']).map((secret) => secretDraft(scan, secret));
  const all = [...findings, ...checks, ...secrets, ...complianceFindings(scan, resource)];
  return [summaryOf(scan, resource, report, all.length, arrival_ns), ...all];
}

function scanOf(resource: JsonObject, report: JsonObject): Scan {
  const uid = text(at(resource, 'metadata', 'uid'));
  const version = text(at(resource, 'metadata', 'resourceVersion'));
  return {
    module: 'trivy_operator',
    vendor: text(at(report, 'scanner', 'vendor')) ?? 'Aqua Security',
    version: text(at(report, 'scanner', 'version')),
    report_id: uid === undefined ? undefined : `${uid}.${version ?? ''}`,
    time_ns: parseTime(report['updateTimestamp']) ?? parseTime(at(resource, 'metadata', 'creationTimestamp')),
    subject: subjectOf(resource, report),
  };
}

/** The image is split over registry, repository and tag; the owner is usually the ReplicaSet of a Deployment. */
function subjectOf(resource: JsonObject, report: JsonObject): Subject {
  const labels = object(at(resource, 'metadata', 'labels')) ?? {};
  const label = (name: string): string | undefined => text(labels[`trivy-operator.${name}`]);
  const server = text(at(report, 'registry', 'server'));
  const repository = text(at(report, 'artifact', 'repository'));
  const tag = text(at(report, 'artifact', 'tag'));
  const named = [server, repository].filter((part) => part !== undefined).join('/');
  const full = tag === undefined ? named : `${named}:${tag}`;
  const digest = normaliseDigest(text(at(report, 'artifact', 'digest')));
  const kind = label('resource.kind');
  const name =
    label('resource.name') ?? text(at(resource, 'metadata', 'annotations', 'trivy-operator.resource.name'));
  const namespace = label('resource.namespace') ?? text(at(resource, 'metadata', 'namespace'));
  return {
    reference: repository === undefined ? undefined : parseImageReference(full),
    digests: { repository: digest === undefined ? [] : [digest] },
    workload:
      kind === undefined || name === undefined || namespace === undefined
        ? undefined
        : ownerWorkload({ namespace, kind, name }),
    container_name: label('container.name'),
    label: repository === undefined ? resourceLabel(resource, kind, name) : full,
  };
}

/** Reports of a whole cluster name no resource. */
function resourceLabel(report: JsonObject, kind: string | undefined, name: string | undefined): string {
  if (kind !== undefined) return `${kind} ${name ?? ''}`.trim();
  return text(report['kind'])?.startsWith('Cluster') === true ? 'the cluster' : 'a resource';
}

function vulnerabilityOf(found: JsonObject): Vulnerability | undefined {
  const id = text(found['vulnerabilityID']);
  if (id === undefined) return undefined;
  const base = number(found['score']);
  return {
    id,
    title: text(found['title']),
    description: text(found['description']),
    severity: severityOf(text(found['severity'])),
    score: base === undefined ? undefined : { base, version: '3.x' },
    reference: text(found['primaryLink']),
    fixed_version: text(found['fixedVersion']),
    package: {
      name: text(found['resource']),
      version: text(found['installedVersion']),
      type: text(found['packageType']) ?? text(found['class']),
      path: text(found['packagePath']),
      reference: text(found['packagePURL']),
    },
  };
}

/** A failed configuration, RBAC or infrastructure check; passed ones are counted in the summary alone. */
function checkDraft(scan: Scan, check: JsonObject): Draft[] {
  if (check['success'] === true) return [];
  const id = text(check['checkID']);
  const document: EcsDocument = {
    ...scanFields(scan),
    message: `${id ?? 'Check'} failed for ${scan.subject.label}: ${text(check['title']) ?? 'misconfigured'}`,
    event: {
      kind: 'state',
      category: ['configuration'],
      type: ['info'],
      module: scan.module,
      severity: ecsSeverity[severityOf(text(check['severity']))],
      action: 'misconfiguration-found',
      outcome: 'failure',
    },
    rule: {
      id,
      name: text(check['title']),
      category: text(check['category']),
      description: text(check['description']),
    },
  };
  return [stateDraft(scan, 'misconfiguration', id, document)];
}

/** The match itself is left out: it holds the secret. */
function secretDraft(scan: Scan, secret: JsonObject): Draft {
  const id = text(secret['ruleID']);
  const path = text(secret['target']);
  const document: EcsDocument = {
    ...scanFields(scan),
    message: `Secret in ${scan.subject.label}: ${text(secret['title']) ?? id ?? 'unknown kind'} in ${path ?? 'a file'}`,
    event: {
      kind: 'state',
      category: ['vulnerability'],
      type: ['info'],
      module: scan.module,
      severity: ecsSeverity[severityOf(text(secret['severity']))],
      action: 'secret-found',
    },
    rule: { id, name: text(secret['title']), category: text(secret['category']) },
    file: { path },
  };
  return stateDraft(scan, 'secret', `${id ?? ''}|${path ?? ''}`, document);
}

function stateDraft(scan: Scan, kind: string, identity: string | undefined, document: EcsDocument): Draft {
  return {
    time_ns: scan.time_ns,
    dataset: `trivy_operator.${kind}`,
    dedupe_key: scan.report_id === undefined ? undefined : `${scan.report_id}|${identity ?? ''}`,
    document,
    actors: [],
    targets: subjectEntities(scan.subject),
  };
}

function summaryOf(
  scan: Scan,
  resource: JsonObject,
  report: JsonObject,
  findings: number,
  arrival_ns: bigint,
): Draft {
  const kind = text(resource['kind']) ?? 'report';
  const document: EcsDocument & { trivy_operator: Record<string, unknown> } = {
    ...scanFields(scan),
    message: `${kind} of ${scan.subject.label}: ${findings} findings`,
    event: {
      kind: 'event',
      category: [
        kind.includes('Vulnerability') || kind.includes('Secret') ? 'vulnerability' : 'configuration',
      ],
      type: ['info'],
      module: scan.module,
      action: 'report-updated',
    },
    trivy_operator: {
      kind,
      summary: object(report['summary']),
      name: text(at(resource, 'metadata', 'name')),
    },
  };
  return {
    time_ns: scan.time_ns,
    dataset: 'trivy_operator.report',
    dedupe_key: scan.report_id,
    document,
    actors: [],
    targets: subjectEntities(scan.subject),
    facts: subjectFacts(scan.subject, scan.time_ns ?? arrival_ns),
  };
}
