import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { normaliseDigest } from '#shared/event/image.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, number, object, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, severityOf, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { reportDraft, withSaid } from './report.ts';
import { artifactReference, type Subject } from './subject.ts';

/** Grype's JSON report. */
export function createGrypeFormat(exploited: KnownExploited): Format {
  return {
    name: 'grype',
    family: 'scanner',
    recognises,
    normalise: (report: JsonObject, { arrival_ns }) => normalise(report, arrival_ns, exploited),
  };
}

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && isList(record['matches']) && at(record, 'descriptor', 'name') === 'grype';
}

function normalise(report: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  const scan: Scan = {
    module: 'grype',
    vendor: 'Anchore',
    version: text(at(report, 'descriptor', 'version')),
    report_id: undefined,
    time_ns: parseTime(at(report, 'descriptor', 'timestamp')),
    subject: subjectOf(object(report['source']) ?? {}),
  };
  const findings = objects(report['matches']).flatMap((match) => findingOf(scan, match, false, exploited));
  const ignored = objects(report['ignoredMatches']).flatMap((match) =>
    findingOf(scan, match, true, exploited),
  );
  const summary = reportDraft(
    scan,
    {
      action: 'image-scanned',
      message: `Grype scanned ${scan.subject.label}: ${findings.length} findings`,
      category: 'vulnerability',
      said: {
        source_type: text(at(report, 'source', 'type')),
        findings: findings.length,
        ignored: ignored.length,
        database_built: text(at(report, 'descriptor', 'db', 'built')),
        distribution: text(at(report, 'distro', 'name')),
        distribution_version: text(at(report, 'distro', 'version')),
      },
    },
    arrival_ns,
  );
  return { kind: 'ok', drafts: [summary, ...findings, ...ignored] };
}

/** The target is an object for an image, a text for a folder, a file or a bill of materials. */
function subjectOf(source: JsonObject): Subject {
  const target = source['target'];
  const asked = text(at(target, 'userInput'));
  const names = source['type'] === 'image' ? [asked, ...(texts(at(target, 'tags')) ?? [])] : [];
  return {
    reference: names.map(artifactReference).find(Boolean),
    digests: {
      config: normaliseDigest(text(at(target, 'imageID'))),
      manifest: normaliseDigest(text(at(target, 'manifestDigest'))),
      repository: (texts(at(target, 'repoDigests')) ?? []).flatMap((digest) => normaliseDigest(digest) ?? []),
    },
    label: asked ?? text(target) ?? 'an artifact',
  };
}

function findingOf(scan: Scan, match: JsonObject, suppressed: boolean, exploited: KnownExploited): Draft[] {
  const vulnerability = object(match['vulnerability']);
  const id = text(vulnerability?.['id']);
  if (vulnerability === undefined || id === undefined) return [];
  const related = objects(match['relatedVulnerabilities']);
  const aliases = related.flatMap((other) => text(other['id']) ?? []).filter((other) => other !== id);
  const artifact = object(match['artifact']);
  const found: Vulnerability = {
    id,
    aliases: aliases.length === 0 ? undefined : aliases,
    title: undefined,
    description: [vulnerability, ...related].map((one) => text(one['description'])).find(Boolean),
    severity: severityOf(text(vulnerability['severity'])),
    score: [vulnerability, ...related].map(scoreOf).find(Boolean),
    reference: text(vulnerability['dataSource']),
    fixed_version: texts(at(vulnerability, 'fix', 'versions'))?.join(', '),
    known_exploited: objects(vulnerability['knownExploited']).length > 0 ? true : undefined,
    suppressed: suppressed ? true : undefined,
    package: {
      name: text(artifact?.['name']),
      version: text(artifact?.['version']),
      type: text(artifact?.['type']),
      path: text(objects(artifact?.['locations'])[0]?.['path']),
      reference: text(artifact?.['purl']),
    },
  };
  const said = {
    namespace: text(vulnerability['namespace']),
    fix_state: text(at(vulnerability, 'fix', 'state')),
    risk: number(vulnerability['risk']),
    epss: number(objects(vulnerability['epss'])[0]?.['epss']),
    matcher: text(objects(match['matchDetails'])[0]?.['matcher']),
  };
  return [withSaid(vulnerabilityDraft(scan, found, exploited), 'grype', said)];
}

/** The newest CVSS version. */
function scoreOf(vulnerability: JsonObject): Vulnerability['score'] {
  const scores = objects(vulnerability['cvss']).flatMap((cvss) => {
    const base = number(at(cvss, 'metrics', 'baseScore'));
    const version = text(cvss['version']);
    return base === undefined || version === undefined ? [] : [{ base, version }];
  });
  return scores.toSorted((a, b) => b.version.localeCompare(a.version))[0];
}
