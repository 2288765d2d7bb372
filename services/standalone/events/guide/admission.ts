import type { Guide } from './entry.ts';

export const admissionGuide: Guide = {
  'k8s-audit': {
    tool: 'Kubernetes audit log (also EKS, AKS, GKE)',
    seen: 'audit.k8s.io v1 and v1beta1 from 2017 to Kubernetes 1.26; events of EKS; GKE `protoPayload`; the envelopes of CloudWatch, AKS and the audit webhook were built from their documentation',
    ship: `Audit webhook of the API server (\`--audit-webhook-config-file\`), which sends an \`EventList\`:

\`\`\`yaml
apiVersion: v1
kind: Config
clusters:
  - name: breakwater
    cluster: { server: https://gateway.example/v1/admission }
users:
  - name: breakwater
    user: { token: <token> }
contexts:
  - name: default
    context: { cluster: breakwater, user: breakwater }
current-context: default
\`\`\`

An audit policy that tells enough: \`Metadata\` for everything, \`Request\` for \`pods/exec\`, \`pods/attach\`,
\`pods/portforward\`, \`RequestResponse\` for creations and changes of pods, workloads, RBAC and service accounts, nothing
for \`leases\` and \`events\`; \`omitStages: [RequestReceived]\`.`,
    mapped:
      'Who (with the pod of a bound token, impersonation, groups), from where, what, the answer; commands of exec; images and privileges of what is created; refusals by RBAC, Kyverno, Gatekeeper, Sigstore, Kubewarden, Pod Security and admission policies; webhooks that failed open; pods in bodies as facts. `kubernetes.audit.*` as Elastic names it.',
    not_mapped:
      'The stage `RequestReceived` (dropped by name). Bodies of responses beyond name and binding; they are in `event.original`. Values of Secrets, ConfigMaps, tokens and environment variables are redacted.',
  },
  admissionreview: {
    tool: 'AdmissionReview, as webhooks see it',
    seen: 'v1 and v1beta1; the bare request as Kubewarden logs it',
    ship: 'From the log of a webhook, or an audit-only webhook that posts what it gets to `…/v1/admission`.',
    mapped: 'Who asked for what, the answer and its reason; image and privileges; commands of exec.',
    not_mapped: 'A time: there is none, the arrival stands in. Patches.',
  },
  policyreport: {
    tool: 'PolicyReport and OpenReports (Kyverno, Trivy, Falco and Kubewarden adapters)',
    seen: 'wgpolicyk8s.io v1alpha2, reports.x-k8s.io v1beta1, Kyverno’s own reports before 1.13; openreports.io v1alpha1 was built from its definition, not from real output',
    ship: 'A watch of the reports, one object a record, bare or as `{"type","object"}`, keyed by uid, which keeps the versions of a report in order.',
    mapped:
      'A report states all its results with every scan: one event for each that began to fail, warn or err since the former version, changed, passes again, is skipped now or is gone.',
    not_mapped:
      'Results that passed before and pass now (dropped by name). Deleted reports. Changes of a report that come before an older version of it are told as of the newest that was known.',
  },
  gatekeeper: {
    tool: 'Gatekeeper',
    seen: 'its violation export (documentation); the log of audit and webhook and the wrapping of Dapr were built from its source, not from real output',
    ship: `Export over Dapr to a Kafka topic, or the log through a shipper:

\`\`\`
--log-denies=true --enable-violation-export=true
\`\`\``,
    mapped: 'Constraint, object, action, who asked (for denials).',
    not_mapped: 'Starts, ends and statistics of runs (dropped by name).',
  },
  kubewarden: {
    tool: 'Kubewarden’s policy server',
    seen: 'answers of policies in monitor mode, in its JSON log, and the spans of its tracing; built from its source, not from real output',
    ship: `Its log through a shipper, with \`KUBEWARDEN_LOG_FMT=json\`, or its spans (\`KUBEWARDEN_LOG_FMT=otlp\`) through an
OpenTelemetry collector with a Kafka exporter, \`encoding: otlp_json\`. Its PolicyReports are read as \`policyreport\`.`,
    mapped: 'Policy, mode, answer and reason, what was asked for.',
    not_mapped:
      'Who asked: the policy server does not log it, the audit log does. The name of the object, which the JSON log overwrites (spans have it). What policies log themselves (dropped by name).',
  },
  'policy-reporter': {
    tool: 'Policy Reporter',
    seen: 'none: the webhook target was built from its source, not from real output',
    ship: `\`\`\`yaml
target:
  webhook:
    host: https://gateway.example/v1/admission
    headers: { Authorization: Bearer <token> }
\`\`\``,
    mapped: 'As policyreport, one result a record.',
    not_mapped: 'Results that pass.',
  },
  harbor: {
    tool: 'Harbor',
    seen: 'none: webhooks (default payload and CloudEvents) and the audit log of the API were built from its documentation',
    ship: 'A webhook policy of the project: endpoint `https://gateway.example/v1/admission`, auth header `Bearer <token>`.',
    mapped: 'Who pushed, pulled or deleted which image, with its digest.',
    not_mapped:
      'From where: Harbor’s own audit does not say, the notifications of its registry do (`registry`). The audit log names no registry, so its images join nothing.',
  },
  registry: {
    tool: 'Notifications of a registry (CNCF Distribution, also as Harbor runs it)',
    seen: 'none: built from its documentation',
    ship: `In the registry’s \`config.yml\`:

\`\`\`yaml
notifications:
  endpoints:
    - name: breakwater
      url: https://gateway.example/v1/admission
      headers: { Authorization: [Bearer <token>] }
      timeout: 5s
      threshold: 5
      backoff: 10s
\`\`\``,
    mapped: 'Who pushed, pulled or deleted which image, with its digest, from where and with which client.',
    not_mapped: 'Layers (dropped by name).',
  },
};
