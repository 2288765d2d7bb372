import { expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { smallParameters } from '../testing/parameters.ts';
import { shellSignal } from '../testing/signal.ts';
import { requested } from '../testing/told.ts';
import { worldScope } from '../testing/world-scope.ts';
import { ScopeFold } from './fold.ts';

const account = 'serviceaccount:shop/robot';

function byAccount(id: string, node: string): Signal {
  return shellSignal(id, 6, { actors: [account], targets: [node], opener: true });
}

function incidentsOf(...batches: (readonly Signal[])[]): number {
  const fold = new ScopeFold(worldScope, smallParameters, noCorrelations);
  for (const signals of batches) {
    fold.take({ signals, facts: [], decisions: [], ceiling_ns: 2n ** 62n });
    fold.show();
  }
  return fold.counts().open;
}

it('parts what an account links when a move that leads to it makes it a hub', () => {
  expect(smallParameters.links.serviceaccount.hub_max).toBe(2);
  const acts = [byAccount('first', 'node:k1'), byAccount('second', 'node:k2')];
  const trouble = shellSignal('trouble', 0, { actors: ['pod:p'], opener: true });
  const move = requested('move', 1, 'create', {
    actors: ['pod:p', 'serviceaccount:shop/default'],
    targets: [account],
  });
  expect(incidentsOf(acts)).toBe(1);
  expect(incidentsOf(acts, [trouble, move])).toBe(incidentsOf([...acts, trouble, move]));
  expect(incidentsOf(acts, [trouble, move])).toBe(3);
});
