import type { Guide } from './entry.ts';

/** What a CI step does once it has a report. */
function post(command: string): string {
  return `\`\`\`sh
${command}
curl --fail -H "Authorization: Bearer $TOKEN" --data-binary @report.json https://gateway.example/v1/scanner
\`\`\``;
}

export const scannerGuide: Guide = {
  trivy: {
    tool: 'Trivy, `--format json`',
    seen: 'reports of schema 2 up to 0.69, test data of its repository (2025); the older bare array of results',
    ship: `In CI, after the scan:

\`\`\`sh
trivy image --format json --output report.json "$IMAGE"
curl --fail -H "Authorization: Bearer $TOKEN" --data-binary @report.json https://gateway.example/v1/scanner
\`\`\`

A report may be 8 MiB at most; \`--severity HIGH,CRITICAL\` keeps it small.`,
    mapped:
      'One event a finding (vulnerability, misconfiguration, secret, licence) and one for the report; all three digests of the image, tags, packages, CVSS, fixed versions, whether the CVE is known to be exploited.',
    not_mapped: 'The text of secrets, which is redacted; the list of packages without findings.',
  },
  'trivy-operator': {
    tool: 'Trivy Operator reports',
    seen: 'reports of v1alpha1: vulnerabilities, configuration, exposed secrets, RBAC, infrastructure, SBOM, compliance; alone, in lists, and all of a cluster by kind; the wrapping of the webhook was built from its source',
    ship: `Environment of the operator:

\`\`\`
OPERATOR_WEBHOOK_BROADCAST_URL=https://gateway.example/v1/scanner
OPERATOR_WEBHOOK_BROADCAST_CUSTOM_HEADERS=Authorization:Bearer <token>
OPERATOR_SEND_DELETED_REPORTS=true
\`\`\``,
    mapped:
      'As Trivy, and the workload that owns the scanned ReplicaSet, from labels and annotations. The controls of a benchmark that the cluster fails.',
    not_mapped: 'Components of SBOMs one by one; deletions (dropped by name).',
  },
  'trivy-kubernetes': {
    tool: 'Trivy, `trivy k8s --format json`',
    seen: 'one report with lists of vulnerabilities and misconfigurations by workload (2022); resources and findings of newer versions were built from the source, not from real output',
    ship: 'As Trivy, in a scheduled job.',
    mapped:
      'As Trivy, with the cluster, the workload of each result, and its image where the report tells which.',
    not_mapped: 'A time: there is none, the arrival stands in.',
  },
  grype: {
    tool: 'Grype, `-o json`',
    seen: '0.7 to 0.94, images and file systems; with and without EPSS',
    ship: post('grype -o json "$IMAGE" > report.json'),
    mapped:
      'One event a match; image id, manifest and repository digests (their aliases join other tools), package, fix, EPSS, KEV.',
    not_mapped:
      'The manifest and configuration that the report carries. Ignored matches are kept as suppressed.',
  },
  cyclonedx: {
    tool: 'CycloneDX JSON (Trivy, Syft, others), also as VEX',
    seen: '1.4, 1.5 and 1.7: SBOMs of Trivy and Syft, vulnerabilities, VEX of CISA’s cases',
    ship: post('syft -o cyclonedx-json "$IMAGE" > report.json'),
    mapped: 'The image and its digests; vulnerabilities with their analysis; the number of components.',
    not_mapped: 'Components one by one; XML.',
  },
  spdx: {
    tool: 'SPDX 2.2 and 2.3 JSON',
    seen: 'SBOMs of Trivy and GUAC’s examples',
    ship: post('syft -o spdx-json "$IMAGE" > report.json'),
    mapped: 'The image and its digest, tools, number of packages.',
    not_mapped: 'Packages one by one; tag-value form.',
  },
  openvex: {
    tool: 'OpenVEX',
    seen: '0.0.1 and 0.2',
    ship: post('vexctl merge a.json b.json > report.json'),
    mapped: 'Statements: vulnerability, product, status, justification.',
    not_mapped: 'Products that are no image join nothing; findings that are indexed already are not changed.',
  },
  sarif: {
    tool: 'SARIF 2.1.0 (Trivy, Grype, Dockle, others)',
    seen: 'images and files, of Trivy 0.28 to 0.50, Grype and Dockle; suppressions were built from the standard, not from real output',
    ship: post('trivy image --format sarif --output report.json "$IMAGE"'),
    mapped: 'Rule, severity (`security-severity` before `level`), place, image where the tool names it.',
    not_mapped: 'Code flows, graphs, fixes.',
  },
  'in-toto': {
    tool: 'in-toto attestations (SLSA provenance, SBOM, VEX, scans): DSSE envelopes, Sigstore bundles',
    seen: 'provenance 0.2 and 1, Google Cloud Build, CycloneDX inside an attestation',
    ship: post('cosign download attestation "$IMAGE" > report.json'),
    mapped: 'Subjects by digest, builder, source; what is inside is read as its own format.',
    not_mapped: 'Signatures are not checked here; `cosign verify` does.',
  },
  'harbor-scan': {
    tool: 'Harbor’s scan reports',
    seen: 'one report of version 1.1 as the API answers; the form of an adapter was built from its definition, not from real output',
    ship: 'A job that asks Harbor’s API for the report of an artifact and posts it.',
    mapped: 'Findings with package, score and fix; the digest of the artifact.',
    not_mapped: 'The image’s reference: Harbor does not name its own registry.',
  },
  snyk: {
    tool: 'Snyk, `snyk container test --json`',
    seen: '`snyk test --all-projects` (a list of projects); container tests were built from field lists, not from real output',
    ship: post('snyk container test --json "$IMAGE" > report.json'),
    mapped: 'Vulnerabilities with package, score, fix, image where it is named.',
    not_mapped: 'Licence issues; digests and a time, which Snyk does not tell.',
  },
  clair: {
    tool: 'Clair, also through clair-scanner and Klar',
    seen: 'clair-scanner and Klar; version 4 was built from the description of its API, not from real output',
    ship: 'From the CI step that runs it.',
    mapped:
      'Vulnerabilities with package, severity, fix; the manifest’s digest (version 4) or the reference (clair-scanner).',
    not_mapped: 'Distributions and repositories of version 4.',
  },
  kubescape: {
    tool: 'Kubescape, `--format json`',
    seen: 'version 2',
    ship: post('kubescape scan --format json --output report.json'),
    mapped: 'One event for each control that a resource fails, with its workload and the paths that fail.',
    not_mapped: 'Host scanner data.',
  },
  sysdig: {
    tool: 'Sysdig vulnerability reports',
    seen: 'the report of a cluster (2025); results of one image were built from field lists, not from real output',
    ship: 'A poller of the reporting API.',
    mapped:
      'Vulnerabilities with package, fix, known exploitation, accepted risks; image, workload, cluster.',
    not_mapped: 'Policies.',
  },
  cosign: {
    tool: 'cosign, `verify --output json`',
    seen: 'one answer of `cosign verify`; keyless ones were built from its documentation, not from real output',
    ship: 'In CI or from an admission job: `cosign verify --output json "$IMAGE" | curl … --data-binary @- …/v1/scanner`.',
    mapped: 'The image digest, who signed it (issuer and subject) and that the check passed.',
    not_mapped: 'A failed check: cosign then writes no JSON.',
  },
};
