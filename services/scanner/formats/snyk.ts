import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, number, object, objects, text, texts } from '#shared/event/read.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, severityOf, severityOfScore, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { reportDraft, withSaid } from './report.ts';
import { artifactReference, type Subject } from './subject.ts';

/** `snyk container test --json` and `snyk test --json`, one project a record. */
export function createSnykFormat(exploited: KnownExploited): Format {
  return {
    name: 'snyk',
    family: 'scanner',
    recognises,
    normalise: (report: JsonObject, { arrival_ns }) => normalise(report, arrival_ns, exploited),
  };
}

function recognises(record: JsonValue): boolean {
  return (
    isJsonObject(record) &&
    typeof record['ok'] === 'boolean' &&
    isList(record['vulnerabilities']) &&
    'packageManager' in record
  );
}

function normalise(report: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  const scan: Scan = {
    module: 'snyk',
    vendor: 'Snyk',
    version: undefined,
    report_id: undefined,
    time_ns: undefined,
    subject: subjectOf(report),
  };
  // Packages of applications inside an image are projects of their own.
  const projects = [report, ...objects(report['applications'])];
  const findings = projects.flatMap((project) => findingsOf(scan, project, exploited));
  const summary = reportDraft(
    scan,
    {
      action: 'image-scanned',
      message: `Snyk tested ${scan.subject.label}: ${findings.length} findings`,
      category: 'vulnerability',
      said: {
        project: text(report['projectName']),
        organisation: text(report['org']),
        package_manager: text(report['packageManager']),
        base_image: text(at(report, 'docker', 'baseImage')),
        platform: text(report['platform']),
        dependencies: number(report['dependencyCount']),
        findings: findings.length,
      },
    },
    arrival_ns,
  );
  return { kind: 'ok', drafts: [summary, ...findings] };
}

/** The path of a container test is the image; older versions wrote `docker-image|<repository>` as project. */
function subjectOf(report: JsonObject): Subject {
  const path = text(report['path'])?.replace(/^docker-image\|/, '');
  const isImage =
    isJsonObject(report['docker']) || text(report['projectName'])?.startsWith('docker-image|') === true;
  return {
    reference: isImage ? artifactReference(path) : undefined,
    digests: {},
    label: (isImage ? path : text(report['projectName'])) ?? path ?? 'a project',
  };
}

/** Snyk repeats a flaw for each way that leads to the package; one finding a package will do. Licence issues are none. */
function findingsOf(scan: Scan, project: JsonObject, exploited: KnownExploited): readonly Draft[] {
  const path = text(project['displayTargetFile']) ?? text(project['targetFile']);
  const findings = new Map<string, Draft>();
  for (const found of objects(project['vulnerabilities'])) {
    const vulnerability = found['type'] === 'license' ? undefined : vulnerabilityOf(found, project, path);
    if (vulnerability === undefined) continue;
    const { id, package: affected } = vulnerability;
    const key = `${id}|${affected.name ?? ''}|${affected.version ?? ''}`;
    if (findings.has(key)) continue;
    const said = {
      exploit: text(found['exploit']),
      introduced_by: text(found['dockerfileInstruction']),
      from: texts(found['from']),
    };
    findings.set(key, withSaid(vulnerabilityDraft(scan, vulnerability, exploited), 'snyk', said));
  }
  return [...findings.values()];
}

function vulnerabilityOf(
  found: JsonObject,
  project: JsonObject,
  path: string | undefined,
): Vulnerability | undefined {
  const id = text(found['id']);
  if (id === undefined) return undefined;
  const base = number(found['cvssScore']);
  const severity = severityOf(text(found['severityWithCritical']) ?? text(found['severity']));
  const identifiers = object(found['identifiers']);
  const aliases = [...(texts(identifiers?.['CVE']) ?? []), ...(texts(identifiers?.['GHSA']) ?? [])];
  return {
    id,
    aliases: aliases.length === 0 ? undefined : aliases,
    title: text(found['title']),
    description: text(found['title']) ?? text(found['description']),
    severity: severity === 'unknown' ? severityOfScore(base) : severity,
    score: base === undefined ? undefined : { base, version: '3.x' },
    reference: `https://security.snyk.io/vuln/${encodeURIComponent(id.toWellFormed())}`,
    fixed_version: text(found['nearestFixedInVersion']) ?? texts(found['fixedIn'])?.join(', '),
    package: {
      name: text(found['packageName']) ?? text(found['moduleName']),
      version: text(found['version']),
      type: text(found['packageManager']) ?? text(project['packageManager']),
      path,
    },
  };
}
