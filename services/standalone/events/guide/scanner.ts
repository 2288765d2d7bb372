import type { Guide } from './entry.ts';

export const scannerGuide: Guide = {
  trivy: {
    tool: 'Trivy, `--format json`',
    seen: 'schema 2 of Trivy 0.4x to 0.74; the older bare array of results',
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
    seen: 'reports of v1alpha1: vulnerabilities, configuration, exposed secrets, RBAC, infrastructure; deletions',
    ship: `Environment of the operator:

\`\`\`
OPERATOR_WEBHOOK_BROADCAST_URL=https://gateway.example/v1/scanner
OPERATOR_WEBHOOK_BROADCAST_CUSTOM_HEADERS=Authorization:Bearer <token>
OPERATOR_SEND_DELETED_REPORTS=true
\`\`\``,
    mapped: 'As Trivy, and the workload that owns the scanned ReplicaSet, from labels and annotations.',
    not_mapped: 'Compliance reports of the whole cluster.',
  },
  cosign: {
    tool: 'cosign, `verify --output json`',
    seen: 'cosign 2',
    ship: 'In CI or from an admission job: `cosign verify --output json "$IMAGE" | curl … --data-binary @- …/v1/scanner`.',
    mapped: 'The image digest, who signed it (issuer and subject) and that the check passed.',
    not_mapped: 'A failed check: cosign then writes no JSON.',
  },
};
