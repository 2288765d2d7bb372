import type { Signal } from '#shared/avro/types.generated.ts';
import { start_ns, worldScope } from './world-scope.ts';

const minute_ns = 60_000_000_000n;

/** A bridge signal of a shell, so many minutes after the worlds begin; a test gives what matters to it. */
export function shellSignal(id: string, minutes: number, given: Partial<Signal> = {}): Signal {
  return {
    id,
    scope: worldScope,
    time_ns: start_ns + BigInt(minutes) * minute_ns,
    family: 'runtime',
    rule: { id: 'r/shell', title: 'Shell in container', level: 'high', origin: 'sigma' },
    score: 73,
    tactics: [],
    techniques: [],
    actors: [],
    targets: [],
    class: 'bridge',
    opener: false,
    event: { id: `event-${id}`, hash: id, dataset: 'test' },
    summary: `What ${id} saw`,
    fields: {},
    parts: [],
    ...given,
  };
}
