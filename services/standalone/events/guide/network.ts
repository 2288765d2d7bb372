import type { Guide } from './entry.ts';

const file = 'The tool’s file through Fluent Bit or Vector (below), to `raw.network`.';

export const networkGuide: Guide = {
  hubble: {
    tool: 'Hubble (Cilium)',
    seen: '`hubble observe -o jsonpb` of Cilium 1.10 (2021); two drops of the exporter’s documentation; newer fields, bare flows and lost events were built from its protocol, not from real output',
    ship: `Helm values of Cilium, then a shipper on the file:

\`\`\`yaml
hubble:
  enabled: true
  export:
    static:
      enabled: true
      filePath: /var/run/cilium/hubble/events.log
\`\`\``,
    mapped:
      'Both ends (address, pod, workload, account), ports, verdict, drop reason, policy, HTTP, DNS, Kafka, direction; the same connection seen twice has one id where Hubble gives one.',
    not_mapped: 'Labels beyond identity; what a field mask leaves out.',
  },
  suricata: {
    tool: 'Suricata EVE',
    seen: 'alerts of 2015 to 2022, flows and statistics of 2022; dns (2 and 3), http, tls, fileinfo and anomalies were built from its schema, not from real output',
    ship: file,
    mapped: 'Signature, severity, ATT&CK metadata, both ends, DNS, HTTP, TLS, file hashes.',
    not_mapped: 'Payloads.',
  },
  zeek: {
    tool: 'Zeek JSON logs',
    seen: 'conn, dns, http, ssl, ssh, ftp, kerberos, notice, weird; dotted and flattened names; files was built from its documentation, not from real output',
    ship: 'The zeek-kafka plugin, or `LogAscii::use_json=T` and a shipper.',
    mapped: 'Both ends, bytes, service, connection state, DNS, HTTP, TLS, notices.',
    not_mapped: 'Logs of protocols that ECS has no fields for, beyond their connection.',
  },
  envoy: {
    tool: 'Envoy and Istio access logs',
    seen: 'Istio’s text format, waypoints; JSON was built from its source, not from real output',
    ship: 'The sidecar’s standard output with a shipper that adds Kubernetes metadata: here that pod is the subject. JSON: `meshConfig.accessLogEncoding: JSON`.',
    mapped: 'Request, answer, both ends, upstream service, duration, flags, user agent.',
    not_mapped: 'Custom formats.',
  },
  ztunnel: {
    tool: 'Istio ztunnel (ambient)',
    seen: '2024',
    ship: 'Its standard output through a shipper.',
    mapped: 'Both ends with workload, namespace and SPIFFE identity; bytes, duration, errors.',
    not_mapped: 'Lines that are no access log.',
  },
  calico: {
    tool: 'Calico flow logs',
    seen: 'Enterprise documents of its documentation; flows of open-source Goldmane 3.30 were built from its source, not from real output',
    ship: 'The fluentd of Calico, or Goldmane’s emitter to `https://gateway.example/v1/network`.',
    mapped: 'Both ends, action, policies, counts.',
    not_mapped: 'Addresses of Goldmane flows: it aggregates them away.',
  },
  vpcflow: {
    tool: 'AWS VPC flow logs',
    seen: 'lines of version 2 and 5, the envelope of CloudWatch, JSON; header lines and Firehose were built from their documentation, not from real output',
    ship: 'A CloudWatch subscription or Firehose into Kafka (MSK Connect), to `raw.network`.',
    mapped: 'Both ends (packet addresses behind NAT, too), bytes, action, interface, account.',
    not_mapped: 'Parquet files.',
  },
  zpa: {
    tool: 'Zscaler Private Access',
    seen: 'LSS user activity, JSON template',
    ship: 'A log receiver (TCP) of Vector, to `raw.network`.',
    mapped: 'Person, client address and country, application, server, connector, policy, session.',
    not_mapped: 'Byte counts of intermediate records.',
  },
  cloudflare: {
    tool: 'Cloudflare Zero Trust and Logpush',
    seen: 'edge HTTP, the Access API; gateway network, HTTP and DNS, access requests and sessions were built from the vendor’s field list, not from real output',
    ship: 'A Logpush job to an HTTP destination: `https://gateway.example/v1/network?header_Authorization=Bearer%20<token>`.',
    mapped: 'Person, device, both ends, policy, decision, DNS, HTTP.',
    not_mapped: 'Fields beyond these; they are under `cloudflare`.',
  },
  netskope: {
    tool: 'Netskope',
    seen: 'its own administration; events and alerts of API version 2 were built from the vendor’s field list, not from real output',
    ship: 'A poller of the REST API (Vector, Logstash), to `raw.network`.',
    mapped: 'Person, client, application, action, policy, private-access session.',
    not_mapped: 'Fields beyond these; they are under `netskope`.',
  },
  paloalto: {
    tool: 'Palo Alto firewalls and Prisma Access',
    seen: 'threats in CSV behind syslog; traffic and the JSON of Strata Logging Service were built from the vendor’s field lists, not from real output',
    ship: 'Syslog or HTTPS log forwarding to a shipper, to `raw.network`.',
    mapped: 'Both ends, application, rule, action, threat, person.',
    not_mapped: 'Custom CSV templates.',
  },
  boundary: {
    tool: 'HashiCorp Boundary',
    seen: 'audit and observation CloudEvents',
    ship: 'An event sink to a file or stderr, through a shipper.',
    mapped: 'Who asked for what, sessions, targets.',
    not_mapped: 'Encrypted fields.',
  },
};
