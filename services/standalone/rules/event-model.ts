import { logsourceOf, type OriginDocument, sensorLogs } from '#shared/sigma/logsource.ts';
import type { Logsource } from '#shared/sigma/rule/model.ts';
import type { EventModel } from '#shared/sigma/testing/convert-check.ts';
import { ecsFields } from '../../../schemas/elasticsearch/ecs-fields.ts';
import { eventExtension } from '../../../schemas/elasticsearch/event-extension.ts';
import type { ExtensionFields } from '../../../schemas/elasticsearch/field.ts';
import { kubernetesAuditFields } from '../../../schemas/elasticsearch/kubernetes-audit.ts';
import { toolFields } from '../../../schemas/elasticsearch/tools.ts';

const extensions: ExtensionFields = { ...eventExtension, ...kubernetesAuditFields, ...toolFields };
const names: ReadonlySet<string> = new Set([...ecsFields, ...Object.keys(extensions)]);
/** Objects with free keys: any name below them may exist. */
const open: readonly string[] = [
  'labels',
  'container.labels',
  'kubernetes.labels',
  'kubernetes.audit',
  ...Object.entries(extensions).flatMap(([name, { type }]) => (type === 'flattened' ? [name] : [])),
];

function hasField(name: string): boolean {
  return names.has(name) || open.some((parent) => name.startsWith(`${parent}.`));
}

const documents: readonly OriginDocument[] = [
  {},
  ...['start', 'end'].map((type) => ({ event: { category: ['process'], type: [type] } })),
  ...['creation', 'deletion', 'access'].map((type) => ({ event: { category: ['file'], type: [type] } })),
  { event: { category: ['network'] }, source: {}, destination: {} },
  { dns: { question: {} } },
  { http: {} },
];

const formats = [
  ['runtime', ['falco', 'tetragon', 'tracee', 'kubearmor', 'osquery']],
  ['network', ['hubble', 'zeek', 'suricata', 'calico', 'istio', 'vpcflow', 'zpa']],
  ['admission', ['k8s-audit', 'admissionreview', 'policyreport', 'gatekeeper', 'harbor']],
  ['scanner', ['trivy', 'grype']],
  ['inventory', ['k8s-object']],
] as const;

/** Logs that Falco reads by plugin. */
const falcoDatasets = ['k8s_audit', 'aws_cloudtrail', 'gcp_auditlog', 'okta', 'github'];

function everyLogsource(): readonly Logsource[] {
  const plugins = falcoDatasets.map((name) =>
    logsourceOf({ family: 'runtime', format: 'falco', dataset: `falco.${name}`, document: {} }),
  );
  const own = formats.flatMap(([family, names]) =>
    names.flatMap((format) =>
      documents.map((document) => logsourceOf({ family, format, dataset: `${format}.events`, document })),
    ),
  );
  return [...own, ...plugins, ...sensors()];
}

/** Each log of the sensors that write several, with every category that it could have. */
function sensors(): readonly Logsource[] {
  return [...sensorLogs].flatMap(([format, logs]) =>
    [...logs].flatMap((provider) =>
      documents.map(({ event, ...rest }) =>
        logsourceOf({
          family: 'network',
          format,
          dataset: `${format}.events`,
          document: { ...rest, event: { ...event, provider } },
        }),
      ),
    ),
  );
}

/** Our events as rules see them: the fields of the index templates, the log sources of the formats. */
export const eventModel: EventModel = { logsources: everyLogsource(), hasField };
