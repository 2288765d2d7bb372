import type { Draft } from '#shared/event/format.ts';
import { normaliseDigest } from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, list, number, object, objects, own, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, severityOf, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { reportDraft } from './report.ts';
import { artifactReference, type Subject } from './subject.ts';

/** What the scanner found in one image. */
export function sysdigResultDrafts(
  record: JsonObject,
  arrival_ns: bigint,
  exploited: KnownExploited,
): readonly Draft[] {
  const result = object(record['result']) ?? record;
  const scan: Scan = {
    module: 'sysdig',
    vendor: 'Sysdig',
    version: text(at(record, 'scanner', 'version')),
    report_id: text(at(record, 'info', 'resultId')) ?? text(result['resultId']),
    time_ns: parseTime(at(record, 'info', 'scanTime')),
    subject: subjectOf(result),
  };
  const findings = packagesOf(result).flatMap((one) =>
    flawsOf(result, one).flatMap((found) => {
      const vulnerability = vulnerabilityOf(found, one);
      return vulnerability === undefined ? [] : [vulnerabilityDraft(scan, vulnerability, exploited)];
    }),
  );
  const summary = reportDraft(
    scan,
    {
      action: 'image-scanned',
      message: `Sysdig scanned ${scan.subject.label}: ${findings.length} findings`,
      category: 'vulnerability',
      said: {
        result: text(at(record, 'info', 'resultUrl')),
        stage: text(result['stage']),
        distribution: text(at(result, 'metadata', 'baseOs')),
        policy: text(at(result, 'policies', 'globalEvaluation')) ?? text(result['policyEvaluationsResult']),
        findings: findings.length,
      },
    },
    arrival_ns,
  );
  return [summary, ...findings];
}

function subjectOf(result: JsonObject): Subject {
  const pulled = text(at(result, 'metadata', 'pullString'));
  const digest = normaliseDigest(text(at(result, 'metadata', 'digest')));
  return {
    reference: artifactReference(pulled),
    digests: {
      config: normaliseDigest(text(at(result, 'metadata', 'imageId'))),
      repository: digest === undefined ? [] : [digest],
    },
    label: pulled ?? 'an image',
  };
}

/** A list, or an object by id in newer versions. */
function packagesOf(result: JsonObject): readonly JsonObject[] {
  const packages = result['packages'];
  return objects(isJsonObject(packages) ? Object.values(packages) : packages);
}

/** Flaws are in the package, or in one object to which packages refer. */
function flawsOf(result: JsonObject, one: JsonObject): readonly JsonObject[] {
  const listed = list(one['vulns']);
  if (listed.length > 0) return objects(listed);
  const flaws = object(result['vulnerabilities']) ?? {};
  const references = texts(one['vulnerabilitiesRefs']) ?? [];
  return objects(references.map((reference) => own(flaws, reference) ?? null));
}

function vulnerabilityOf(found: JsonObject, one: JsonObject): Vulnerability | undefined {
  const id = text(found['name']);
  if (id === undefined) return undefined;
  const accepted = list(found['acceptedRisks']).length + list(found['riskAcceptRefs']).length;
  return {
    id,
    title: undefined,
    description: undefined,
    severity: severityOf(text(found['severity']) ?? text(at(found, 'severity', 'value'))),
    score: scoreOf(found['cvssScore']),
    reference: undefined,
    fixed_version: text(found['fixVersion']) ?? text(found['fixedInVersion']),
    known_exploited: found['cisaKev'] !== undefined && found['cisaKev'] !== null ? true : undefined,
    suppressed: accepted > 0 ? true : undefined,
    package: {
      name: text(one['name']),
      version: text(one['version']),
      type: text(one['type']),
      path: text(one['path']),
    },
  };
}

function scoreOf(cvss: JsonValue | undefined): Vulnerability['score'] {
  const value = at(cvss, 'value') ?? cvss;
  const base = number(at(value, 'score'));
  const version = text(at(value, 'version'));
  return base === undefined || version === undefined ? undefined : { base, version };
}
