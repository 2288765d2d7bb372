import fc from 'fast-check';
import { expect, it } from 'vitest';
import { testCorrelations } from '../testing/correlations.ts';
import { smallParameters } from '../testing/parameters.ts';
import { batchOf, playArb } from '../testing/play.ts';
import { worldScope } from '../testing/world-scope.ts';
import { worldArb } from '../testing/worlds.ts';
import { ScopeFold } from './fold.ts';
import type { Step } from './steps.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 40);
const never_ns = 2n ** 62n;

function namesOf(steps: readonly Step[], incident: string): Set<string> {
  const of = steps.filter((step) => step.incident === incident);
  return new Set(of.flatMap(({ facts }) => (facts['members'] ?? '').split(' ')));
}

it('the steps of an incident name every signal that is in it, and none that no rule marked', () => {
  const worlds = worldArb({ signals: 30, facts: 12, decisions: 2, steps: 90 });
  fc.assert(
    fc.property(
      worlds.chain((world) => playArb(world)),
      (batches) => {
        const fold = new ScopeFold(worldScope, smallParameters, testCorrelations());
        const steps: Step[] = [];
        const documents = new Map<string, string>();
        for (const inputs of batches) {
          const changes = fold.apply({ ...batchOf(inputs), ceiling_ns: never_ns });
          steps.push(...changes.steps);
          for (const { id, document } of changes.incidents) documents.set(id, document);
        }
        for (const [id, document] of documents) {
          const { incident }: { incident: { members?: { signal: string }[] } } = JSON.parse(document);
          const named = namesOf(steps, id);
          for (const { signal } of incident.members ?? []) expect(named).toContain(signal);
        }
        expect(steps.flatMap(({ facts }) => Object.values(facts))).not.toContain('');
      },
    ),
    { numRuns: runs },
  );
});
