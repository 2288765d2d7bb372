import type { Fact, Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { ScopeFold } from '../core/fold.ts';
import { defaultParameters } from '../core/parameters.ts';
import { shellSignal } from './signal.ts';
import { start_ns, worldScope } from './world-scope.ts';

const never_ns = 2n ** 62n;
const informational = {
  id: 'r/noted',
  title: 'Noted',
  level: 'informational',
  origin: 'sigma',
} as const;

/** Something that says nothing alone, so many minutes after the worlds begin. */
export function noted(id: string, minutes: number, given: Partial<Signal>): Signal {
  return shellSignal(id, minutes, { class: 'attach', rule: informational, score: 0, ...given });
}

/** A request to the API server, noted; `given` says by whom, and about what. */
export function requested(
  id: string,
  minutes: number,
  verb: string,
  given: Partial<Signal>,
  program?: string,
): Signal {
  const fields = {
    'kubernetes.audit.verb': verb,
    'kubernetes.audit.objectRef.resource': 'pods',
    ...(program === undefined ? {} : { 'user_agent.original': program }),
  };
  return noted(id, minutes, { family: 'admission', fields, ...given });
}

/** The events on the timeline of the one incident. */
export function told(signals: readonly Signal[], facts: readonly Fact[] = []): string[] {
  const fold = new ScopeFold(worldScope, defaultParameters, noCorrelations);
  fold.take({ signals, facts, decisions: [], ceiling_ns: never_ns });
  return fold
    .show()
    .timeline.flatMap(({ document }) => (document === undefined ? [] : [document]))
    .map((document): { event: { hash: string } } => JSON.parse(document))
    .map(({ event }) => event.hash)
    .sort();
}

export function partOf(a: string, b: string): Fact {
  return fact(a, 'part_of', b);
}

export function runsAs(a: string, b: string): Fact {
  return fact(a, 'runs_as', b);
}

export function is(a: string, b: string): Fact {
  return fact(a, 'is', b);
}

function fact(a: string, relation: Fact['relation'], b: string): Fact {
  const from_ns = start_ns - 86_400_000_000_000n;
  return {
    id: a,
    scope: worldScope,
    a,
    relation,
    b,
    from_ns,
    to_ns: null,
    confidence: 100,
    source_hash: '',
  };
}
