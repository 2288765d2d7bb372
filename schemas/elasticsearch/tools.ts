import type { ExtensionFields } from './field.ts';

/** Tools whose events carry, under a field of the tool's name, what ECS has no place for. */
export const toolNames = [
  // Scanners, signatures, supply chain.
  'clair',
  'cosign',
  'cyclonedx',
  'grype',
  'harbor',
  'intoto',
  'kubescape',
  'openvex',
  'sarif',
  'slsa',
  'snyk',
  'spdx',
  'sysdig',
  'trivy',
  'trivy_operator',
  'wiz',
  // Admission and policy.
  'admissionreview',
  'distribution',
  'gatekeeper',
  'kubewarden',
  'kyverno',
  'policyreport',
  // Runtime.
  'falco',
  'falcosidekick',
  'kubearmor',
  'osquery',
  'stackrox',
  'tetragon',
  'tracee',
  // Network and access.
  'boundary',
  'calico',
  'cloudflare',
  'envoy',
  'guardduty',
  'hubble',
  'istio',
  'netskope',
  'paloalto',
  'suricata',
  'teleport',
  'vpcflow',
  'zeek',
  'zia',
  'zpa',
  'zscaler',
  'ztunnel',
] as const;

/** One flattened field a tool: any keys, no new fields in the index, searchable as `falco.output_fields.fd.name`. */
export const toolFields: ExtensionFields = Object.fromEntries(
  toolNames.map((name) => [
    name,
    { type: 'flattened', description: `What ${name} said beyond ECS, under its own names.` } as const,
  ]),
);
