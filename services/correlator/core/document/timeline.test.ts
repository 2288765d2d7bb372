import { expect, it } from 'vitest';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { shellSignal } from '../../testing/signal.ts';
import { worldScope } from '../../testing/world-scope.ts';
import { ScopeFold } from '../fold.ts';
import { defaultParameters } from '../parameters.ts';

it('says of an event that several rules judge what links it, not that they judge it', () => {
  const fold = new ScopeFold(worldScope, defaultParameters, noCorrelations);
  const both = { event: { id: 'e', hash: 'e', dataset: 'test' }, actors: ['pod:p'] };
  const signals = [
    shellSignal('first', 0, { actors: ['pod:p'], opener: true }),
    shellSignal('one', 1, both),
    shellSignal('two', 1, {
      ...both,
      rule: { id: 'r/two', title: 'Two', level: 'critical', origin: 'sigma' },
      score: 90,
    }),
  ];
  const { timeline } = fold.apply({ signals, facts: [], decisions: [], ceiling_ns: 2n ** 62n });
  const rows = timeline.map(({ document }): unknown => JSON.parse(document ?? 'null'));
  expect(rows).toContainEqual(
    expect.objectContaining({
      rule: { id: 'r/two', name: 'Two' },
      breakwater: expect.objectContaining({
        why: expect.objectContaining({ link: 'actor', entity: 'pod:p' }),
      }),
    }),
  );
});
