import type { Guide } from './entry.ts';

export const runtimeGuide: Guide = {
  falco: {
    tool: 'Falco, directly or through falcosidekick',
    seen: 'alerts of 2021 to 2025 (0.41) with `json_output: true`; falcosidekick 2; the plugins for Kubernetes audit and Google audit; those for CloudTrail, Okta and GitHub were built from their fields, not from real output',
    ship: `falcosidekick to Kafka (its default waits for no acknowledgement: set it) …

\`\`\`yaml
kafka:
  hostport: kafka:9092
  topic: raw.runtime
  requiredacks: ALL
\`\`\`

… or to the gateway:

\`\`\`yaml
webhook:
  address: https://gateway.example/v1/runtime
  customHeaders: { Authorization: Bearer <token> }
\`\`\`

In Falco, \`append_output\` with \`suggested_output: true\` (the default) names container and pod; add \`%k8s.pod.uid\` and
\`%container.full_id\` for exact joins, and set \`FALCO_HOSTNAME\` to the node.`,
    mapped:
      'Rule, priority, tags (ATT&CK), process and parent, user, file, connection, container (12 digits), image, pod; drops and snapshots of Falco itself.',
    not_mapped: 'Fields of the rule’s output beyond these; they are under `falco.output_fields`.',
  },
  tetragon: {
    tool: 'Tetragon',
    seen: 'exports of 2022 and of its documentation: exec, exit, kprobe, connect, listen; tracepoint, loader, uprobe, lsm, throttle and rate limit from the tests of a receiver; newer fields were built from its protocol, not from real output',
    ship: 'The export file or the `export-stdout` sidecar, through Fluent Bit or Vector (below), to `raw.runtime`.',
    mapped:
      'Process tree by exec id, arguments, credentials, container, pod, workload, files and connections of kprobes, policy and action; losses.',
    not_mapped: 'Raw arguments of kprobes without a type that ECS knows; they are under `tetragon`.',
  },
  tracee: {
    tool: 'Tracee',
    seen: 'the legacy JSON; one example of the v1beta1 schema of late 2025, the rest of it from its source',
    ship: '`--output json` through a shipper, or `--output webhook:https://gateway.example/v1/runtime`.',
    mapped: 'Process, container, pod, ATT&CK of signatures, addresses and names of network events.',
    not_mapped: 'Arguments that ECS has no place for; they are under `tracee`.',
  },
  kubearmor: {
    tool: 'KubeArmor',
    seen: 'alerts and logs of containers and hosts, from its documentation',
    ship: 'The relay’s log, through a shipper.',
    mapped: 'Policy, action, operation, resource, process, container, pod, owner.',
    not_mapped: 'Free-form `Data`, which is under `kubearmor`.',
  },
  osquery: {
    tool: 'osquery',
    seen: 'results in event, snapshot and batch form',
    ship: 'Its Kafka logger: `--logger_plugin=kafka_producer --logger_kafka_brokers=kafka:9092 --logger_kafka_topic=raw.runtime`.',
    mapped: 'Query, action, host; process, user, file and socket columns.',
    not_mapped: 'Other columns, which are under `osquery`.',
  },
  stackrox: {
    tool: 'StackRox / RHACS alerts',
    seen: 'one alert of the generic webhook',
    ship: 'A generic webhook notifier with the endpoint `https://gateway.example/v1/runtime`.',
    mapped: 'Policy, severity, deployment, container, image, violations.',
    not_mapped: 'Enforcement details.',
  },
};
