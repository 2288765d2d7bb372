import { expect, it } from 'vitest';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { shellSignal } from '../../testing/signal.ts';
import { noted, partOf } from '../../testing/told.ts';
import { worldScope } from '../../testing/world-scope.ts';
import { ScopeFold } from '../fold.ts';
import { defaultParameters } from '../parameters.ts';

it('joins what changed the workload itself, not what happened to one of its pods at the same time', () => {
  const workload = 'workload:shop/Deployment/web';
  const signals = [
    shellSignal('a-pod', 0, { targets: ['pod:p'], opener: true }),
    shellSignal('b-workload', 0, { targets: [workload], opener: true }),
    noted('contact', 1, { actors: [workload], first_only: true }),
  ];
  const fold = new ScopeFold(worldScope, defaultParameters, noCorrelations);
  fold.take({ signals, facts: [partOf('pod:p', workload)], decisions: [], ceiling_ns: 2n ** 62n });
  const members = fold
    .show()
    .incidents.map(({ document }) => JSON.parse(document).incident.members)
    .map((all: readonly { readonly signal: string }[]) => all.map(({ signal }) => signal));
  expect(members).toContainEqual(['a-pod']);
  expect(members).toContainEqual(['b-workload', 'contact']);
});
