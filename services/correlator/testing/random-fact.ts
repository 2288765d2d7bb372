import fc from 'fast-check';
import type { Fact } from '#shared/avro/types.generated.ts';
import { shortHash } from '#shared/event/identity.ts';
import {
  accounts,
  addresses,
  connections,
  containers,
  hostNetworks,
  images,
  nodes,
  outside,
  podNames,
  pods,
  processes,
  references,
  sessions,
  users,
  workloads,
} from './cast.ts';
import { step_ns, worldScope } from './world-scope.ts';

/** A plausible fact, with an interval that may be reused, open or empty. */
export function factArb(time: fc.Arbitrary<bigint>): fc.Arbitrary<Fact> {
  const statement = (as: string[], relation: Fact['relation'], bs: string[]) =>
    fc.record({ a: fc.constantFrom(...as), relation: fc.constant(relation), b: fc.constantFrom(...bs) });
  return fc
    .record({
      said: fc.oneof(
        statement(podNames, 'is', pods),
        statement(addresses, 'is', [...pods, ...pods, ...nodes]),
        statement(containers, 'part_of', [...pods, ...podNames]),
        statement(processes, 'part_of', containers),
        statement(pods, 'part_of', workloads),
        statement([...pods, ...addresses], 'part_of', hostNetworks),
        statement(pods, 'runs_as', accounts),
        statement(pods, 'uses', images),
        statement(images, 'is', images),
        statement(references, 'is', images),
        statement(sessions, 'spawned', processes),
        statement(sessions, 'is', users),
        statement(connections, 'is', pods),
        statement(outside, 'is', outside),
        statement(workloads, 'runs_as', accounts),
      ),
      from_ns: time,
      length: fc.option(fc.integer({ min: -5, max: 300 }), { nil: null }),
      confidence: fc.integer({ min: 0, max: 100 }),
    })
    .map(({ said, from_ns, length, confidence }) => ({
      id: shortHash(JSON.stringify([said, String(from_ns), length])),
      scope: worldScope,
      ...said,
      from_ns,
      to_ns: length === null ? null : from_ns + BigInt(length) * step_ns,
      confidence,
      source_hash: '',
    }));
}
