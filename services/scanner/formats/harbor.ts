import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, number, object, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, severityOf, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { reportDraft } from './report.ts';
import type { Subject } from './subject.ts';

const mimeTypes = [
  'application/vnd.security.vulnerability.report',
  'application/vnd.scanner.adapter.vuln.report.',
] as const;

/** Harbor's scan report: as its API answers (keyed by MIME type), or as a scanner's adapter hands it to Harbor. */
export function createHarborScanFormat(exploited: KnownExploited): Format {
  return {
    name: 'harbor-scan',
    family: 'scanner',
    recognises: (record: JsonValue) => isJsonObject(record) && reportsOf(record).length > 0,
    normalise: (record: JsonObject, { arrival_ns }) => normalise(record, arrival_ns, exploited),
  };
}

function reportsOf(record: JsonObject): readonly JsonObject[] {
  if ('generated_at' in record) {
    return isJsonObject(record['scanner']) && isList(record['vulnerabilities']) ? [record] : [];
  }
  const [first] = Object.keys(record);
  if (first === undefined || !mimeTypes.some((type) => first.startsWith(type))) return [];
  return objects(Object.values(record));
}

function normalise(record: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  return {
    kind: 'ok',
    drafts: reportsOf(record).flatMap((report) => draftsOf(report, arrival_ns, exploited)),
  };
}

function draftsOf(report: JsonObject, arrival_ns: bigint, exploited: KnownExploited): Draft[] {
  const found = objects(report['vulnerabilities']);
  const scan: Scan = {
    module: 'harbor',
    vendor: text(at(report, 'scanner', 'name')) ?? 'unknown',
    version: text(at(report, 'scanner', 'version')),
    report_id: undefined,
    time_ns: parseTime(report['generated_at']),
    subject: subjectOf(object(report['artifact']), found),
  };
  const findings = found.flatMap((one) => findingOf(scan, one, exploited));
  const summary = reportDraft(
    scan,
    {
      action: 'image-scanned',
      message: `${scan.vendor} scanned ${scan.subject.label} for Harbor: ${findings.length} findings`,
      category: 'vulnerability',
      said: { severity: text(report['severity']), findings: findings.length },
    },
    arrival_ns,
  );
  return [summary, ...findings];
}

/**
 * The artifact, by its digest; Harbor names a repository without the registry's host. Without an artifact, the digest
 * that all findings share.
 */
function subjectOf(artifact: JsonObject | undefined, found: readonly JsonObject[]): Subject {
  const shared = new Set(found.flatMap((one) => digestsOf(one)));
  const digest =
    normaliseDigest(text(artifact?.['digest'])) ?? (shared.size === 1 ? [...shared][0] : undefined);
  const repository = text(artifact?.['repository']);
  const hasHost = repository !== undefined && /^[^/]*[.:][^/]*\//.test(repository);
  const tag = text(artifact?.['tag']);
  const named = [repository, tag].filter((part) => part !== undefined).join(':');
  const reference = hasHost ? parseImageReference(named) : undefined;
  return {
    reference: reference === undefined || tag !== undefined ? reference : { ...reference, tag: undefined },
    digests: { repository: digest === undefined ? [] : [digest] },
    label: named === '' ? (digest ?? 'an artifact') : named,
  };
}

/** The images of an index that have the flaw. */
function digestsOf(found: JsonObject): readonly string[] {
  return (texts(found['artifact_digests']) ?? []).flatMap((digest) => normaliseDigest(digest) ?? []);
}

function findingOf(report: Scan, found: JsonObject, exploited: KnownExploited): Draft[] {
  const id = text(found['id']);
  if (id === undefined) return [];
  const base = number(at(found, 'preferred_cvss', 'score_v3'));
  const vulnerability: Vulnerability = {
    id,
    title: undefined,
    description: text(found['description']),
    severity: severityOf(text(found['severity'])),
    score: base === undefined ? undefined : { base, version: '3.x' },
    reference: texts(found['links'])?.[0],
    fixed_version: text(found['fix_version']),
    package: { name: text(found['package']), version: text(found['version']) },
  };
  const digests = digestsOf(found);
  const repository = [...(report.subject.digests.repository ?? []), ...digests];
  const scan = { ...report, subject: { ...report.subject, digests: { repository } } };
  return [vulnerabilityDraft(scan, vulnerability, exploited)];
}
