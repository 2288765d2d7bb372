import type { Logsource } from '#shared/sigma/rule/model.ts';
import { createRandom } from './random.ts';

/** One generated event as a tool would write it, with the log source it is matched under. */
export interface BenchEvent {
  readonly logsource: Logsource;
  readonly json: string;
}

const namespaces = [
  'default',
  'shop',
  'payments',
  'kube-system',
  'monitoring',
  'ingress-nginx',
  'staging',
  'ml',
];
const verbs = ['get', 'list', 'watch', 'get', 'list', 'watch', 'update', 'patch', 'create', 'delete'];
const resources = [
  'pods',
  'configmaps',
  'secrets',
  'leases',
  'endpoints',
  'nodes',
  'events',
  'deployments',
  'services',
  'jobs',
];
const binaries = [
  '/usr/bin/node',
  '/bin/sh',
  '/usr/bin/python3',
  '/usr/sbin/nginx',
  '/usr/bin/curl',
  '/usr/bin/java',
  '/bin/ls',
  '/usr/local/bin/app',
  '/usr/bin/git',
  '/bin/busybox',
  '/usr/bin/find',
  '/bin/cat',
];
const arguments_ = [
  '-c ls -la /var/lib/app',
  '--config /etc/app/config.yaml --port 8080',
  '-X POST https://api.example.com/v1/orders',
  '/srv/app/index.js --max-old-space-size=512',
  '-jar /opt/app.jar',
  'server --listen 0.0.0.0:9090',
  '-m http.server 8000',
  'status --porcelain',
  '/etc/hosts',
  '-g daemon off;',
  '. -name *.log -mtime +7',
  '',
];
const domains = [
  'api.example.com',
  'db.shop.svc.cluster.local',
  'registry.example.org',
  'metrics.monitoring.svc.cluster.local',
  'example.net',
];

type Pick = <Item>(items: readonly Item[]) => Item | undefined;

interface Maker {
  readonly pick: Pick;
  readonly whole: (below: number) => number;
  readonly hex: (digits: number) => string;
}

function createMaker(seed: number): Maker {
  const random = createRandom(seed);
  const whole = (below: number): number => Math.floor(random() * below);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => whole(16).toString(16)).join('');
  return { whole, hex, pick: (items) => items[whole(items.length)] };
}

const time = '2026-11-02T08:15:27.123456Z';

/** Events of eight shapes in turn, a mixture much like that of a cluster; the same for the same seed. */
export function generateEvents(count: number, seed: number): readonly BenchEvent[] {
  const maker = createMaker(seed);
  const shapes = [audit, tetragon, audit, hubble, process, falco, hubble, cloudtrail, tetragon, zeek];
  return Array.from({ length: count }, (_, index) => {
    const shape = shapes[index % shapes.length] ?? audit;
    const { logsource, body } = shape(maker, index);
    return { logsource, json: JSON.stringify(body) };
  });
}

type Shape = (maker: Maker, index: number) => { logsource: Logsource; body: object };

function audit({ pick, whole, hex }: Maker, index: number): ReturnType<Shape> {
  const namespace = pick(namespaces);
  const resource = pick(resources);
  const name = `${resource}-${hex(8)}`;
  return {
    logsource: { category: 'application', product: 'kubernetes', service: 'audit' },
    body: {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'RequestResponse',
      auditID: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
      stage: 'ResponseComplete',
      requestURI: `/api/v1/namespaces/${namespace}/${resource}/${name}?timeout=10s`,
      verb: pick(verbs),
      user: {
        username: `system:serviceaccount:${namespace}:worker-${whole(50)}`,
        uid: hex(32),
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/pod-name': [`worker-${hex(5)}`],
          'authentication.kubernetes.io/pod-uid': [hex(32)],
        },
      },
      sourceIPs: [`10.${whole(200)}.${whole(200)}.${whole(200)}`],
      userAgent: 'controller/v1.31.2 (linux/amd64) kubernetes/abc1234 leader-election',
      objectRef: { resource, namespace, name, uid: hex(32), apiVersion: 'v1', resourceVersion: `${index}` },
      responseStatus: { metadata: {}, code: whole(20) === 0 ? 403 : 200 },
      requestObject: {
        kind: 'Pod',
        apiVersion: 'v1',
        metadata: {
          name,
          namespace,
          labels: { app: 'worker', 'app.kubernetes.io/name': 'worker', 'pod-template-hash': hex(10) },
        },
        spec: {
          containers: [
            {
              name: 'main',
              image: `registry.example.org/shop/worker:${whole(100)}`,
              resources: { limits: { cpu: '1', memory: '512Mi' } },
              securityContext: { privileged: false, runAsNonRoot: true },
              env: [{ name: 'MODE', value: 'prod' }],
            },
          ],
          serviceAccountName: `worker-${whole(50)}`,
          nodeName: `node-${whole(30)}`,
          restartPolicy: 'Always',
        },
      },
      requestReceivedTimestamp: time,
      stageTimestamp: time,
      annotations: {
        'authorization.k8s.io/decision': 'allow',
        'authorization.k8s.io/reason': 'RBAC: allowed by RoleBinding',
      },
    },
  };
}

function podOf({ pick, whole, hex }: Maker): object {
  return {
    namespace: pick(namespaces),
    name: `app-${hex(10)}-${hex(5)}`,
    uid: hex(32),
    container: {
      id: `containerd://${hex(64)}`,
      name: 'main',
      image: {
        id: `registry.example.org/shop/app@sha256:${hex(64)}`,
        name: 'registry.example.org/shop/app:1.2.3',
      },
      start_time: time,
      pid: whole(100),
    },
    pod_labels: { app: 'app', 'app.kubernetes.io/instance': 'app' },
    workload: 'app',
    workload_kind: 'Deployment',
  };
}

function tetragon(maker: Maker): ReturnType<Shape> {
  const { pick, whole, hex } = maker;
  const pod = podOf(maker);
  const parent = pick(binaries);
  return {
    logsource: { category: 'process_creation', product: 'linux', service: 'tetragon' },
    body: {
      process_exec: {
        process: {
          exec_id: hex(40),
          pid: whole(60_000),
          uid: whole(1_000),
          cwd: '/srv/app',
          binary: pick(binaries),
          arguments: pick(arguments_),
          flags: 'execve clone',
          start_time: time,
          auid: 4_294_967_295,
          pod,
          docker: hex(31),
          parent_exec_id: hex(40),
          tid: whole(60_000),
        },
        parent: {
          exec_id: hex(40),
          pid: whole(60_000),
          uid: 0,
          cwd: '/',
          binary: parent,
          arguments: '',
          flags: 'procFS auid',
          start_time: time,
          auid: 4_294_967_295,
          pod,
          docker: hex(31),
          tid: whole(60_000),
        },
      },
      node_name: `node-${whole(30)}`,
      time,
      // The names by which Sigma rules know them, as a mapping would add.
      Image: pick(binaries),
      CommandLine: `${pick(binaries)} ${pick(arguments_)}`,
      ParentImage: parent,
      CurrentDirectory: '/srv/app',
      User: 'app',
    },
  };
}

function process({ pick, whole }: Maker): ReturnType<Shape> {
  const image = pick(binaries);
  return {
    logsource: { category: 'process_creation', product: 'linux' },
    body: {
      EventID: 1,
      UtcTime: time,
      ProcessId: whole(60_000),
      Image: image,
      CommandLine: `${image} ${pick(arguments_)} ${pick(arguments_)}`,
      CurrentDirectory: '/home/app',
      User: 'app',
      LogonId: whole(1_000),
      ParentProcessId: whole(60_000),
      ParentImage: pick(binaries),
      ParentCommandLine: `${pick(binaries)} ${pick(arguments_)}`,
      Hostname: `node-${whole(30)}`,
    },
  };
}

function falco({ pick, whole, hex }: Maker): ReturnType<Shape> {
  const namespace = pick(namespaces);
  const command = `${pick(binaries)} ${pick(arguments_)}`;
  return {
    logsource: { product: 'linux', service: 'falco' },
    body: {
      uuid: hex(32),
      priority: 'Notice',
      rule: 'Unexpected outbound connection',
      source: 'syscall',
      time,
      hostname: `node-${whole(30)}`,
      tags: ['container', 'network', 'mitre_exfiltration', 'T1048'],
      output: `08:15:27.123456: Notice Unexpected outbound connection (command=${command} container_id=${hex(12)} namespace=${namespace})`,
      output_fields: {
        'container.id': hex(12),
        'container.image.repository': 'registry.example.org/shop/app',
        'container.image.tag': '1.2.3',
        'k8s.ns.name': namespace,
        'k8s.pod.name': `app-${hex(10)}`,
        'proc.cmdline': command,
        'proc.name': 'app',
        'proc.pname': 'sh',
        'user.name': 'app',
        'fd.name': `10.0.0.1:${whole(60_000)}->192.0.2.1:443`,
        'evt.type': 'connect',
      },
    },
  };
}

function hubble({ pick, whole, hex }: Maker): ReturnType<Shape> {
  const end = (): object => ({
    ID: whole(5_000),
    identity: whole(60_000),
    namespace: pick(namespaces),
    labels: [
      'k8s:app=app',
      'k8s:io.kubernetes.pod.namespace=shop',
      'k8s:io.cilium.k8s.policy.serviceaccount=app',
    ],
    pod_name: `app-${hex(10)}`,
    workloads: [{ name: 'app', kind: 'Deployment' }],
  });
  const source = `10.${whole(200)}.${whole(200)}.${whole(200)}`;
  const destination = `10.${whole(200)}.${whole(200)}.${whole(200)}`;
  return {
    logsource: { category: 'network_connection', product: 'hubble' },
    body: {
      flow: {
        time,
        uuid: hex(32),
        verdict: 'FORWARDED',
        IP: { source, destination, ipVersion: 'IPv4' },
        l4: { TCP: { source_port: whole(60_000), destination_port: 443, flags: { SYN: true } } },
        source: end(),
        destination: end(),
        Type: 'L3_L4',
        node_name: `node-${whole(30)}`,
        event_type: { type: 4 },
        traffic_direction: 'EGRESS',
        is_reply: false,
        destination_names: [pick(domains)],
      },
      node_name: `node-${whole(30)}`,
      time,
      DestinationIp: destination,
      DestinationPort: 443,
      DestinationHostname: pick(domains),
      Image: pick(binaries),
      Initiated: 'true',
    },
  };
}

function zeek({ pick, whole, hex }: Maker): ReturnType<Shape> {
  return {
    logsource: { product: 'zeek', service: 'dns', category: 'dns' },
    body: {
      ts: 1_793_606_436.123,
      uid: `C${hex(17)}`,
      'id.orig_h': `10.0.${whole(200)}.${whole(200)}`,
      'id.orig_p': whole(60_000),
      'id.resp_h': '10.96.0.10',
      'id.resp_p': 53,
      proto: 'udp',
      trans_id: whole(60_000),
      rtt: 0.01,
      query: pick(domains),
      qclass: 1,
      qclass_name: 'C_INTERNET',
      qtype: 1,
      qtype_name: 'A',
      rcode: 0,
      rcode_name: 'NOERROR',
      AA: false,
      TC: false,
      RD: true,
      RA: true,
      Z: 0,
      answers: ['192.0.2.7'],
      TTLs: [30],
      rejected: false,
    },
  };
}

function cloudtrail({ pick, whole, hex }: Maker): ReturnType<Shape> {
  const names = [
    'DescribeInstances',
    'GetObject',
    'AssumeRole',
    'ListBuckets',
    'GetSecretValue',
    'PutObject',
    'CreateLogStream',
  ];
  return {
    logsource: { product: 'aws', service: 'cloudtrail' },
    body: {
      eventVersion: '1.08',
      userIdentity: {
        type: 'AssumedRole',
        principalId: hex(20),
        arn: `arn:aws:sts::123456789012:assumed-role/app/${hex(8)}`,
        accountId: '123456789012',
        accessKeyId: hex(20),
        sessionContext: { sessionIssuer: { type: 'Role', userName: 'app' } },
      },
      eventTime: time,
      eventSource: 'ec2.amazonaws.com',
      eventName: pick(names),
      awsRegion: 'eu-central-1',
      sourceIPAddress: `198.51.100.${whole(250)}`,
      userAgent: 'aws-sdk-go/1.44',
      requestParameters: { bucketName: `bucket-${whole(20)}`, key: hex(16) },
      responseElements: null,
      requestID: hex(32),
      eventID: hex(32),
      readOnly: true,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '123456789012',
    },
  };
}
