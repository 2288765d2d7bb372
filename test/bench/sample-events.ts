import type { Event } from '#shared/avro/types.generated.ts';

/** Falco alerts as the runtime service writes them, about 1.1 kB each; ids are unlike for each `run`. */
export function sampleEvents(count: number, run: string): readonly Event[] {
  return Array.from({ length: count }, (_, number) => sampleEvent(number, run));
}

function sampleEvent(number: number, run: string): Event {
  const id = Buffer.from(`${run}-${number}`.padEnd(16, '.')).toString('base64url');
  const pod = `shop-${number % 97}`;
  const command = `sh -c cat /etc/shadow ${number}`;
  const second = String(number % 60).padStart(2, '0');
  const time = `2026-11-21T10:00:${second}.${String(number % 1_000_000_000).padStart(9, '0')}Z`;
  const original = JSON.stringify({
    priority: 'Warning',
    rule: 'Read sensitive file untrusted',
    time,
    output: `${time}: Warning Sensitive file opened for reading by non-trusted program (file=/etc/shadow command=${command})`,
  });
  const document = JSON.stringify({
    '@timestamp': time,
    message: 'Read sensitive file untrusted',
    event: {
      id,
      kind: 'alert',
      category: ['process', 'file'],
      type: ['access'],
      dataset: 'falco.alerts',
      module: 'falco',
      severity: 47,
      original,
    },
    rule: { name: 'Read sensitive file untrusted' },
    container: { id: 'a1b2c3d4e5f6', image: { name: 'registry.example.com/shop', tag: ['1.2.3'] } },
    orchestrator: { namespace: 'shop', resource: { type: 'pod', name: pod } },
    kubernetes: { namespace: 'shop', pod: { name: pod, uid: `0000-${number % 97}` } },
    process: { pid: number % 32_768, name: 'cat', command_line: command, parent: { name: 'sh' } },
    file: { path: '/etc/shadow' },
    falco: { output_fields: { 'evt.type': 'openat', 'fd.name': '/etc/shadow', 'proc.cmdline': command } },
    breakwater: { scope: 'acme/eu1', family: 'runtime', format: 'falco' },
  });
  return {
    id,
    hash: 'ab'.repeat(32),
    scope: 'acme/eu1',
    family: 'runtime',
    format: 'falco',
    dataset: 'falco.alerts',
    time_ns: 0n,
    source: { topic: 'raw.runtime', partition: 0, offset: BigInt(number) },
    document,
  };
}
