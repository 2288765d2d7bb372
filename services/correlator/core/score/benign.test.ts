import { describe, expect, it } from 'vitest';
import type { Decision, Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { shellSignal } from '../../testing/signal.ts';
import { start_ns, worldScope } from '../../testing/world-scope.ts';
import { ScopeFold } from '../fold.ts';
import { defaultParameters } from '../parameters.ts';

const minute_ns = 60_000_000_000n;

function signal(id: string, minute: number, actor: string, target?: string): Signal {
  return shellSignal(id, minute, {
    family: target === undefined ? 'runtime' : 'admission',
    rule: { id: `r/${id}`, title: id, level: 'high', origin: 'sigma' },
    actors: [actor],
    targets: target === undefined ? [] : [target],
  });
}

function change(entity: string): Decision {
  return {
    id: 'd1',
    scope: worldScope,
    time_ns: start_ns,
    actor: 'analyst',
    action: 'suppress',
    incident: '',
    arguments: { entity, change: 'CHG-1', expires: String(start_ns + 600n * minute_ns) },
    reason: 'planned',
  };
}

/** A person execs into a pod, and something happens there: soon after, and a day later. */
const signals = [
  signal('exec', 0, 'user:ann', 'pod:p'),
  signal('shell', 1, 'pod:p'),
  signal('later', 90, 'pod:p'),
];

function shown(decisions: readonly Decision[]) {
  const fold = new ScopeFold(worldScope, defaultParameters, noCorrelations);
  const { incidents } = fold.apply({ signals, facts: [], decisions, ceiling_ns: 2n ** 62n });
  return incidents.map(({ document }) => JSON.parse(document).incident);
}

describe('an approved change', () => {
  it('covers what the act causes for a while', () => {
    expect(shown([])).toMatchObject([{ members_count: 3, score_terms: [{}, {}, {}, { term: 'families' }] }]);
    // Of three signals one is left to weigh, which opens nothing.
    expect(shown([change('user:ann')])).toEqual([]);
  });

  it('covers nothing that somebody else does', () => {
    expect(shown([change('user:bob')])).toEqual(shown([]));
  });
});
