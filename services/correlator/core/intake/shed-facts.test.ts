import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { smallParameters } from '../../testing/parameters.ts';
import { batchOf, playArb, Store } from '../../testing/play.ts';
import { start_ns, worldScope } from '../../testing/world-scope.ts';
import { worldArb } from '../../testing/worlds.ts';
import { ScopeFold } from '../fold.ts';
import type { Parameters } from '../parameters.ts';
import { loadFold, saveFold } from '../snapshot.ts';
import { FactBook } from './facts.ts';
import { shedFacts } from './shed-facts.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 40);
const never_ns = 2n ** 62n;

function said(pod: number, from: number, to?: number) {
  return {
    a: `pod:p${pod}`,
    relation: 'part_of' as const,
    b: 'workload:a/Deployment/w',
    from_ns: start_ns + BigInt(from),
    to_ns: to === undefined ? null : start_ns + BigInt(to),
    confidence: 100,
  };
}

it('lets go of what no signal uses, what ended and what is oldest first, and only beyond the bound', () => {
  const facts = new FactBook();
  const bound = { held_max: 4, shed_share: 0.5 };
  for (const fact of [said(1, 1), said(2, 2), said(3, 3, 9), said(4, 4)]) facts.add(fact);
  expect(shedFacts(facts, () => false, bound)).toEqual([]);
  facts.add(said(5, 5));
  const shed = shedFacts(facts, (entity) => entity === 'pod:p1', bound);
  expect(shed.map(({ a }) => a)).toEqual(['pod:p3', 'pod:p2', 'pod:p4']);
  expect(Array.from(facts.all(), ({ a }) => a)).toEqual(['pod:p1', 'pod:p5']);
});

it('holds no more than the bound, tells what it shed, and means the same after a restart', () => {
  const parameters: Parameters = { ...smallParameters, facts: { held_max: 5, shed_share: 0.4 } };
  let told = 0;
  fc.assert(
    fc.property(
      worldArb({ signals: 20, facts: 20, decisions: 1, steps: 90 }).chain((world) => playArb(world)),
      (batches) => {
        const fold = new ScopeFold(worldScope, parameters, noCorrelations);
        const store = new Store();
        for (const inputs of batches) {
          const changes = fold.apply({ ...batchOf(inputs), ceiling_ns: never_ns });
          store.take(changes);
          told += changes.facts_shed;
          expect(fold.facts.size).toBeLessThanOrEqual(5);
        }
        const { incidents, timeline } = loadFold(saveFold(fold), parameters, noCorrelations).fold.show();
        expect([...incidents, ...timeline]).toEqual([]);
      },
    ),
    { numRuns: runs },
  );
  expect(told).toBeGreaterThan(0);
});
