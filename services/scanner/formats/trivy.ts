import type { EcsDocument } from '#shared/event/ecs.ts';
import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, number, object, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, scanFields, severityOf, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { type Subject, subjectEntities, subjectFacts } from './subject.ts';
import { otherFindings } from './trivy-other-findings.ts';

/** Trivy's JSON report, schema 2, and the list of results that versions before 0.20 wrote. */
export function createTrivyFormat(exploited: KnownExploited): Format {
  return {
    name: 'trivy',
    family: 'scanner',
    recognises,
    normalise: (report: JsonObject, { arrival_ns }) => normalise(report, arrival_ns, exploited),
  };
}

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  // Trivy leaves the name out where it scanned what a pipe or an operator handed it.
  if (record['SchemaVersion'] === 2 && ('ArtifactName' in record || isList(record['Results']))) return true;
  return typeof record['Target'] === 'string' && (isList(record['Vulnerabilities']) || 'Class' in record);
}

function normalise(report: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  const scan = scanOf(report);
  const results = 'SchemaVersion' in report ? objects(report['Results']) : [report];
  const findings: Draft[] = [];
  for (const result of results) {
    for (const found of objects(result['Vulnerabilities'])) {
      const vulnerability = vulnerabilityOf(found, result);
      if (vulnerability !== undefined) findings.push(vulnerabilityDraft(scan, vulnerability, exploited));
    }
    findings.push(...otherFindings(scan, result));
  }
  return { kind: 'ok', drafts: [summaryOf(scan, report, results, findings.length, arrival_ns), ...findings] };
}

function scanOf(report: JsonObject): Scan {
  return {
    module: 'trivy',
    vendor: 'Aqua Security',
    version: text(at(report, 'Trivy', 'Version')),
    report_id: text(report['ReportID']),
    time_ns: parseTime(report['CreatedAt']),
    subject: subjectOf(report),
  };
}

/** Names that Trivy gives an image, best first: what was asked for, the tags it has, the artifact's name. */
function subjectOf(report: JsonObject): Subject {
  const metadata = object(report['Metadata']) ?? {};
  const names = [metadata['Reference'], ...(texts(metadata['RepoTags']) ?? []), report['ArtifactName']];
  const isImage = report['ArtifactType'] === 'container_image' || 'ImageID' in metadata;
  const reference = isImage ? names.map((name) => parseImageReference(text(name))).find(Boolean) : undefined;
  const repository = (texts(metadata['RepoDigests']) ?? []).flatMap(
    (digest) => normaliseDigest(digest) ?? [],
  );
  return {
    reference,
    digests: { config: normaliseDigest(text(metadata['ImageID'])), repository },
    label:
      text(report['ArtifactName']) ??
      texts(metadata['RepoTags'])?.[0] ??
      text(report['Target']) ??
      'an artifact',
  };
}

/** One finding of a result; undefined without an id. */
export function vulnerabilityOf(found: JsonObject, result: JsonObject): Vulnerability | undefined {
  const id = text(found['VulnerabilityID']);
  if (id === undefined) return undefined;
  return {
    id,
    title: text(found['Title']),
    description: text(found['Description']),
    severity: severityOf(text(found['Severity'])),
    score: scoreOf(object(found['CVSS']), text(found['SeveritySource'])),
    reference: text(found['PrimaryURL']),
    fixed_version: text(found['FixedVersion']),
    suppressed: found['Status'] === 'not_affected' ? true : undefined,
    package: {
      name: text(found['PkgName']),
      version: text(found['InstalledVersion']),
      type: text(result['Type']),
      path: text(found['PkgPath']),
      reference: text(at(found, 'PkgIdentifier', 'PURL')),
    },
  };
}

/** The newest CVSS version that the deciding source, else any source, gives. */
function scoreOf(cvss: JsonObject | undefined, source: string | undefined): Vulnerability['score'] {
  if (cvss === undefined) return undefined;
  const sources = [source === undefined ? undefined : cvss[source], cvss['nvd'], ...Object.values(cvss)];
  for (const scores of sources) {
    for (const [field, version] of versions) {
      const base = number(at(scores, field));
      if (base !== undefined) return { base, version };
    }
  }
  return undefined;
}

const versions = [
  ['V40Score', '4.0'],
  ['V3Score', '3.x'],
  ['V2Score', '2.0'],
] as const;

function summaryOf(
  scan: Scan,
  report: JsonObject,
  results: readonly JsonObject[],
  findings: number,
  arrival_ns: bigint,
): Draft {
  const os = object(at(report, 'Metadata', 'OS'));
  const document: EcsDocument & { trivy: Record<string, unknown> } = {
    ...scanFields(scan),
    message: `Trivy scanned ${scan.subject.label}: ${findings} findings`,
    event: {
      kind: 'event',
      category: ['vulnerability'],
      type: ['info'],
      module: 'trivy',
      action: 'image-scanned',
    },
    host: os === undefined ? undefined : { os: { family: text(os['Family']), version: text(os['Name']) } },
    trivy: {
      artifact_type: text(report['ArtifactType']),
      report_id: scan.report_id,
      findings,
      targets: results.slice(0, targets_max).flatMap((result) => text(result['Target']) ?? []),
      end_of_life: os?.['EOSL'] === true ? true : undefined,
    },
  };
  return {
    time_ns: scan.time_ns,
    dataset: 'trivy.report',
    dedupe_key: scan.report_id,
    document,
    actors: [],
    targets: subjectEntities(scan.subject),
    facts: subjectFacts(scan.subject, scan.time_ns ?? arrival_ns),
  };
}

/** Targets named in a summary. */
const targets_max = 50;
