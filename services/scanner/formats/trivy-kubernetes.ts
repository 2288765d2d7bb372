import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { type ImageReference, normaliseDigest } from '#shared/event/image.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { ownerWorkload } from '#shared/event/kubernetes.ts';
import { list, object, objects, text, texts } from '#shared/event/read.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, vulnerabilityDraft } from './finding.ts';
import { reportDraft } from './report.ts';
import { artifactReference, type Subject, subjectFacts } from './subject.ts';
import { vulnerabilityOf } from './trivy.ts';
import { otherFindings } from './trivy-other-findings.ts';

/** `trivy k8s`: resources of a cluster, under keys that differ by version and by `--report`. */
export function createTrivyKubernetesFormat(exploited: KnownExploited): Format {
  return {
    name: 'trivy-kubernetes',
    family: 'scanner',
    recognises,
    normalise: (report: JsonObject, { arrival_ns }) => normalise(report, arrival_ns, exploited),
  };
}

const resourceKeys = ['Resources', 'Findings', 'Vulnerabilities', 'Misconfigurations'] as const;

function recognises(record: JsonValue): boolean {
  return (
    isJsonObject(record) &&
    typeof record['ClusterName'] === 'string' &&
    resourceKeys.some((key) => isList(record[key]))
  );
}

function normalise(report: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  const cluster = text(report['ClusterName']);
  const resources = resourceKeys.flatMap((key) => objects(report[key]));
  const findings = resources.flatMap((resource) => findingsOf(resource, cluster, arrival_ns, exploited));
  const subject: Subject = {
    reference: undefined,
    digests: {},
    cluster,
    label: cluster ?? 'a cluster',
  };
  const said = { cluster, resources: resources.length, findings: findings.length };
  const message = `Trivy scanned ${subject.label}: ${findings.length} findings in ${resources.length} resources`;
  const summary = reportDraft(
    scanOf(subject),
    { action: 'cluster-scanned', message, category: 'vulnerability', said },
    arrival_ns,
  );
  return { kind: 'ok', drafts: [summary, ...findings] };
}

function scanOf(subject: Subject): Scan {
  return {
    module: 'trivy',
    vendor: 'Aqua Security',
    version: undefined,
    report_id: undefined,
    time_ns: undefined,
    subject,
  };
}

/** Findings of one resource; the first of each image says which digests are the same image. */
function findingsOf(
  resource: JsonObject,
  cluster: string | undefined,
  arrival_ns: bigint,
  exploited: KnownExploited,
): Draft[] {
  const results = objects(resource['Results']);
  const images = imagesOf(results);
  return results.flatMap((result) => {
    const image = imageOf(result) ?? (images.length === 1 ? images[0] : undefined);
    const subject = subjectOf(resource, cluster, image, images.length === 1);
    const scan = scanOf(subject);
    const vulnerabilities = objects(result['Vulnerabilities']).flatMap((found) => {
      const vulnerability = vulnerabilityOf(found, result);
      return vulnerability === undefined ? [] : [vulnerabilityDraft(scan, vulnerability, exploited)];
    });
    const [first, ...others] = [...vulnerabilities, ...otherFindings(scan, result)];
    return first === undefined ? [] : [{ ...first, facts: subjectFacts(subject, arrival_ns) }, ...others];
  });
}

/** Packages of the operating system are reported under the image's name: `nginx:1.25 (debian 12.1)`. */
function imageOf(result: JsonObject): ImageReference | undefined {
  if (result['Class'] !== 'os-pkgs') return undefined;
  return artifactReference(text(result['Target'])?.replace(/ \([^()]*\)$/, ''));
}

function imagesOf(results: readonly JsonObject[]): readonly ImageReference[] {
  const images = results.flatMap((result) => imageOf(result) ?? []);
  return [...new Map(images.map((image) => [`${image.name}:${image.tag ?? ''}`, image])).values()];
}

/** Digests are listed for the resource as a whole, so they are an image's only if it has no other. */
function subjectOf(
  resource: JsonObject,
  cluster: string | undefined,
  image: ImageReference | undefined,
  only: boolean,
): Subject {
  const kind = text(resource['Kind']);
  const name = text(resource['Name']);
  const namespace = text(resource['Namespace']);
  const described = list(resource['Metadata']);
  const metadata = (only && described.length === 1 ? object(described[0]) : undefined) ?? {};
  return {
    reference: image,
    digests: {
      config: normaliseDigest(text(metadata['ImageID'])),
      repository: (texts(metadata['RepoDigests']) ?? []).flatMap((digest) => normaliseDigest(digest) ?? []),
    },
    workload:
      kind === undefined || name === undefined || namespace === undefined
        ? undefined
        : ownerWorkload({ namespace, kind, name }),
    cluster,
    label: [namespace, kind, name].filter((part) => part !== undefined).join('/') || 'a resource',
  };
}
