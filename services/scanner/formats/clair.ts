import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { normaliseDigest } from '#shared/event/image.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, integer, object, objects, own, text, texts } from '#shared/event/read.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, severityOf, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { reportDraft } from './report.ts';
import { artifactReference, type Subject } from './subject.ts';

/** Reports of Clair: version 4's own, and those that clair-scanner and Klar made of version 2. */
export function createClairFormat(exploited: KnownExploited): Format {
  return {
    name: 'clair',
    family: 'scanner',
    recognises: (record: JsonValue) => isJsonObject(record) && shapeOf(record) !== undefined,
    normalise: (report: JsonObject, { arrival_ns }) => normalise(report, arrival_ns, exploited),
  };
}

type Shape = 'clair' | 'clair-scanner' | 'klar';

function shapeOf(record: JsonObject): Shape | undefined {
  if (typeof record['manifest_hash'] === 'string' && isJsonObject(record['package_vulnerabilities'])) {
    return 'clair';
  }
  if (isList(record['unapproved']) && isList(record['vulnerabilities'])) return 'clair-scanner';
  return 'LayerCount' in record && isJsonObject(record['Vulnerabilities']) ? 'klar' : undefined;
}

function normalise(report: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  const shape = shapeOf(report) ?? 'clair';
  const scan: Scan = {
    module: 'clair',
    vendor: shape,
    version: undefined,
    report_id: undefined,
    time_ns: undefined,
    subject: subjectOf(report),
  };
  const findings: readonly Draft[] = vulnerabilitiesOf(report, shape).map((found) =>
    vulnerabilityDraft(scan, found, exploited),
  );
  const summary = reportDraft(
    scan,
    {
      action: 'image-scanned',
      message: `Clair scanned ${scan.subject.label}: ${findings.length} findings`,
      category: 'vulnerability',
      said: { findings: findings.length, layers: integer(report['LayerCount']) },
    },
    arrival_ns,
  );
  return { kind: 'ok', drafts: [summary, ...findings] };
}

/** Version 4 knows the manifest, clair-scanner the reference, Klar nothing. */
function subjectOf(report: JsonObject): Subject {
  const image = text(report['image']);
  const manifest = normaliseDigest(text(report['manifest_hash']));
  return {
    reference: artifactReference(image),
    digests: { manifest },
    label: image ?? manifest ?? 'an image',
  };
}

function vulnerabilitiesOf(report: JsonObject, shape: Shape): readonly Vulnerability[] {
  if (shape === 'clair') return indexedVulnerabilities(report);
  if (shape === 'clair-scanner') return objects(report['vulnerabilities']).flatMap(listedVulnerability);
  const bySeverity = object(report['Vulnerabilities']) ?? {};
  return Object.values(bySeverity).flatMap((found) => objects(found).flatMap(listedVulnerability));
}

/** Packages and flaws are told once, and referred to by number. */
function indexedVulnerabilities(report: JsonObject): readonly Vulnerability[] {
  const pairs = Object.entries(object(report['package_vulnerabilities']) ?? {});
  return pairs.flatMap(([package_id, ids]) => {
    const affected = at(report, 'packages', package_id);
    return (texts(ids) ?? []).flatMap((id): Vulnerability[] => {
      const vulnerabilities = report['vulnerabilities'];
      const found = isJsonObject(vulnerabilities) ? own(vulnerabilities, id) : undefined;
      const name = text(at(found, 'name'));
      if (name === undefined) return [];
      return [
        {
          id: flawIn(name),
          title: name,
          description: text(at(found, 'description')),
          severity: severityOf(text(at(found, 'normalized_severity'))),
          score: undefined,
          reference: text(at(found, 'links'))?.split(' ')[0],
          fixed_version: text(at(found, 'fixed_in_version')),
          package: { name: text(at(affected, 'name')), version: text(at(affected, 'version')) },
        },
      ];
    });
  });
}

/** Some sources name a flaw in a sentence: `CVE-2021-44228 on Ubuntu 20.04 LTS (focal) - low`. */
function flawIn(name: string): string {
  return /CVE-\d{4}-\d{4,}/.exec(name)?.[0] ?? name;
}

/** clair-scanner writes lower-case keys, Klar those of Clair's API. */
function listedVulnerability(found: JsonObject): Vulnerability[] {
  const id = text(found['vulnerability']) ?? text(found['Name']);
  if (id === undefined) return [];
  return [
    {
      id,
      title: undefined,
      description: text(found['description']) ?? text(found['Description']),
      severity: severityOf(text(found['severity']) ?? text(found['Severity'])),
      score: undefined,
      reference: text(found['link']) ?? text(found['Link']),
      fixed_version: text(found['fixedby']) ?? text(found['FixedBy']),
      package: {
        name: text(found['featurename']) ?? text(found['FeatureName']),
        version: text(found['featureversion']) ?? text(found['FeatureVersion']),
      },
    },
  ];
}
