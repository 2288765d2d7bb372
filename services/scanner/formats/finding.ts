import type { Level } from '#shared/avro/types.generated.ts';
import type { EcsDocument, EcsPackage } from '#shared/event/ecs.ts';
import type { Draft, Mark } from '#shared/event/format.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Subject, subjectEntities, subjectFields } from './subject.ts';

/** Which scanner said so, and when. */
export interface Scan {
  /** `event.module`, such as `trivy`. */
  readonly module: string;
  readonly vendor: string;
  readonly version: string | undefined;
  readonly report_id: string | undefined;
  readonly time_ns: bigint | undefined;
  readonly subject: Subject;
}

/** A vulnerable package, in neutral words. */
export interface Vulnerability {
  readonly id: string;
  /** Other ids of the same flaw, CVE among them. */
  readonly aliases?: readonly string[] | undefined;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly severity: Severity;
  readonly score: { readonly base: number; readonly version: string } | undefined;
  readonly reference: string | undefined;
  readonly package: EcsPackage;
  readonly fixed_version: string | undefined;
  /** The scanner itself says that it is exploited in the wild. */
  readonly known_exploited?: boolean | undefined;
  /** Not affected or fixed by a statement of the vendor: kept, never a signal. */
  readonly suppressed?: boolean | undefined;
}

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'negligible' | 'unknown';

const severities: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  // Clair's word for what makes news.
  defcon1: 'critical',
  high: 'high',
  important: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  negligible: 'negligible',
  info: 'negligible',
  informational: 'negligible',
};

/** A scanner's word for severity, whatever its case. */
export function severityOf(word: string | undefined): Severity {
  return severities[(word ?? '').toLowerCase()] ?? 'unknown';
}

/** CVSS base scores from which on a severity begins, as the specification of CVSS 3 and 4 rates them. */
export function severityOfScore(score: number | undefined): Severity {
  if (score === undefined || score <= 0) return 'unknown';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

/** `event.severity` of a finding. */
export const ecsSeverity = {
  critical: 99,
  high: 73,
  medium: 47,
  low: 21,
  negligible: 21,
  unknown: 21,
} as const;

const description_length_max = 2000;

/** A flaw is no act: what stands in an image for months must not read like an alert. That it is exploited is in the id. */
const posture_level: Level = 'medium';

/** One state document a finding; critical and exploited ones are context of their image. */
export function vulnerabilityDraft(scan: Scan, found: Vulnerability, exploited: KnownExploited): Draft {
  const score = plausibleScore(found.score);
  const isExploited = found.known_exploited === true || namesOf(found).some((name) => exploited.has(name));
  const document: EcsDocument = {
    ...scanFields(scan),
    message: `${found.id} (${found.severity}) in ${packageLabel(found.package)} of ${scan.subject.label}`,
    event: {
      kind: 'state',
      category: ['vulnerability'],
      type: ['info'],
      module: scan.module,
      severity: ecsSeverity[found.severity],
      action: isExploited ? 'known-exploited-vulnerability-found' : 'vulnerability-found',
    },
    vulnerability: {
      id: found.id,
      enumeration: found.id.startsWith('CVE-') ? 'CVE' : undefined,
      classification: score === undefined ? undefined : 'CVSS',
      category: found.package.type === undefined ? undefined : [found.package.type],
      severity: found.severity,
      description: (found.description ?? found.title)?.slice(0, description_length_max),
      reference: found.reference,
      report_id: scan.report_id,
      scanner: { vendor: scan.vendor },
      score,
    },
    package: found.package,
    breakwater: {
      finding: {
        fixed_version: found.fixed_version,
        aliases: found.aliases,
        known_exploited: isExploited || undefined,
        suppressed: found.suppressed,
      },
    },
  };
  return {
    time_ns: scan.time_ns,
    dataset: `${scan.module}.vulnerability`,
    dedupe_key: dedupeKey(scan, found),
    document,
    actors: [],
    targets: subjectEntities(scan.subject),
    marks: markOf(scan, found, isExploited),
  };
}

/** CVSS ends at 10; a score beyond is damage, or of another scale. */
function plausibleScore(score: Vulnerability['score']): Vulnerability['score'] {
  return score !== undefined && score.base >= 0 && score.base <= 10 ? score : undefined;
}

/** Every name of the flaw. */
function namesOf(found: Vulnerability): readonly string[] {
  return [found.id, ...(found.aliases ?? [])];
}

function markOf(scan: Scan, found: Vulnerability, exploited: boolean): readonly Mark[] {
  if (found.suppressed === true || (found.severity !== 'critical' && !exploited)) return [];
  // Context describes something: without an image or a workload there is nothing to describe.
  if (subjectEntities(scan.subject).length === 0) return [];
  const label = exploited ? 'Known exploited vulnerability' : 'Critical vulnerability';
  const cve = namesOf(found).find((name) => name.startsWith('CVE-')) ?? found.id;
  return [
    {
      rule: {
        id: `${exploited ? 'exploited' : 'finding'}:${cve}`,
        title: `${label} ${cve} in an image`,
        level: posture_level,
        origin: 'posture',
      },
      class: 'context',
      tactics: ['initial-access'],
      techniques: ['T1190'],
      summary: `${scan.subject.label} has ${cve} (${found.severity}${exploited ? ', known exploited' : ''}) in ${packageLabel(found.package)}`,
    },
  ];
}

function dedupeKey(scan: Scan, found: Vulnerability): string | undefined {
  if (scan.report_id === undefined) return undefined;
  const parts = [scan.report_id, found.id, found.package.name, found.package.version, found.package.path];
  return parts.map((part) => part ?? '').join('|');
}

/** Fields that every document of a scan has. */
export function scanFields(scan: Scan): EcsDocument {
  return {
    observer: { product: scan.module, vendor: scan.vendor, version: scan.version, type: 'scanner' },
    ...subjectFields(scan.subject),
  };
}

function packageLabel(found: EcsPackage): string {
  return [found.name, found.version].filter((part) => part !== undefined).join(' ') || 'a package';
}
