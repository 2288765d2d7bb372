import { nanoTime, type ScenarioRecord } from '../record.ts';
import type { Pod, World } from '../world.ts';

/** A finding of a Trivy report. */
export interface Finding {
  readonly id: string;
  readonly package: string;
  readonly installed: string;
  readonly fixed: string;
  readonly severity: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  readonly title: string;
  readonly score: number;
}

/** A Trivy report of the image that a pod runs. */
export function trivyReport(
  world: World,
  pod: Pod,
  findings: readonly Finding[],
  time_ms: number,
  role: ScenarioRecord['role'] = 'benign',
): ScenarioRecord {
  const { image } = pod;
  const reference = `${image.repository}:${image.tag}`;
  const report = {
    SchemaVersion: 2,
    Trivy: { Version: '0.66.0' },
    ReportID: world.uuid(),
    CreatedAt: nanoTime(time_ms),
    ArtifactName: reference,
    ArtifactType: 'container_image',
    Metadata: {
      OS: { Family: 'debian', Name: '12.6' },
      ImageID: image.config_digest,
      RepoTags: [reference],
      RepoDigests: [`${image.repository}@${image.repository_digest}`],
      Reference: reference,
    },
    Results: [
      {
        Target: `${reference} (debian 12.6)`,
        Class: 'os-pkgs',
        Type: 'debian',
        Vulnerabilities: findings.map((finding) => ({
          VulnerabilityID: finding.id,
          PkgName: finding.package,
          InstalledVersion: finding.installed,
          FixedVersion: finding.fixed,
          Status: 'fixed',
          SeveritySource: 'nvd',
          Title: finding.title,
          Severity: finding.severity,
          CVSS: { nvd: { V3Score: finding.score } },
        })),
      },
    ],
  };
  return { topic: 'raw.scanner', key: null, time_ms, value: JSON.stringify(report), role };
}
