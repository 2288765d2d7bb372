import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { oracle } from '../oracle.ts';
import { smallParameters } from '../testing/parameters.ts';
import { Store } from '../testing/play.ts';
import { start_ns, worldScope } from '../testing/world-scope.ts';
import { type World, worldArb } from '../testing/worlds.ts';
import { ScopeFold } from './fold.ts';
import type { Parameters } from './parameters.ts';
import { loadFold, saveFold } from './snapshot.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 15);
const timeout_ms = 5000 + runs * 200;
const never_ns = 2n ** 62n;
const minute_ms = 60_000;
const lateness_ms = 10 * minute_ms;

/** Much shorter than the worlds are long. */
const parameters: Parameters = {
  ...smallParameters,
  horizon: { lateness_ms, step_ms: minute_ms, decisions_ms: 1e9 },
};

/** A merge reaches as far back as people like; what was let go of it does not find. */
function withoutMerges(world: World): World {
  return { ...world, decisions: world.decisions.filter(({ action }) => action !== 'merge') };
}

/** Signals in the order of arrival: by time, each delayed by less than the lateness. */
function arrivalOf({ signals }: World, delays: readonly number[]): readonly Signal[] {
  return signals
    .map((signal, at) => ({
      signal,
      at_ns: signal.time_ns + BigInt(delays[at % delays.length] ?? 0) * 1_000_000n,
    }))
    .sort((a, b) => (a.at_ns < b.at_ns ? -1 : 1))
    .map(({ signal }) => signal);
}

const delaysArb = fc.array(fc.integer({ min: 0, max: lateness_ms - 1 }), { minLength: 1, maxLength: 20 });

describe('the horizon', () => {
  it.each([
    ['sparse', { signals: 60, facts: 14, decisions: 2, steps: 3000, sound: true }],
    ['crowded', { signals: 60, facts: 3, decisions: 2, steps: 2500, cast: 'few', sound: true }],
  ] as const)(
    'changes nothing of what stands, as long as nothing is late, in a %s world',
    (_, size) => {
      fc.assert(
        fc.property(
          worldArb(size).map(withoutMerges),
          delaysArb,
          fc.integer({ min: 1, max: 9 }),
          (world, delays, batch_size) => {
            let fold = new ScopeFold(worldScope, parameters, noCorrelations);
            const store = new Store();
            store.take(fold.apply({ ...world, signals: [], ceiling_ns: never_ns }));
            const arriving = [...arrivalOf(world, delays)];
            for (let batch = 0; arriving.length > 0; batch += 1) {
              const signals = arriving.splice(0, batch_size);
              const changes = fold.apply({ signals, facts: [], decisions: [], ceiling_ns: never_ns });
              expect(changes.outcomes).not.toContain('late');
              store.take(changes);
              if (batch % 5 === 4) ({ fold } = loadFold(saveFold(fold), parameters, noCorrelations));
            }
            const truth = oracle(worldScope, world, parameters);
            expect(store.shown()).toEqual(truth.incidents);
            expect(store.timeline).toEqual(truth.timeline);
          },
        ),
        { numRuns: runs },
      );
    },
    timeout_ms,
  );

  it('lets go of everything in the end, and tells what is late', () => {
    fc.assert(
      fc.property(worldArb({ signals: 30, facts: 10, decisions: 2, steps: 500 }), (world) => {
        const fold = new ScopeFold(worldScope, parameters, noCorrelations);
        fold.apply({ ...world, ceiling_ns: never_ns });
        const [signal] = world.signals;
        if (signal === undefined) return;
        const after = (id: string, days: bigint): Signal => ({
          ...signal,
          id,
          event: { ...signal.event, id },
          time_ns: start_ns + days * 86_400_000_000_000n,
          actors: [],
          targets: [],
        });
        const later = fold.apply({ ...nothing, signals: [after('later', 9n), after('last', 10n)] });
        expect(later.outcomes).toEqual(['kept', 'kept']);
        expect(fold.counts().signals).toBe(1);
        expect([...fold.population.histories()]).toEqual([]);
        expect(fold.apply({ ...nothing, signals: [after('late', 9n)] }).outcomes).toEqual(['late']);
      }),
      { numRuns: runs },
    );
  });

  it('is not moved by a clock that runs ahead', () => {
    const fold = new ScopeFold(worldScope, parameters, noCorrelations);
    const world = fc.sample(worldArb({ signals: 1, facts: 0, decisions: 0, steps: 0 }), 1)[0];
    const signal = world?.signals[0];
    if (signal === undefined) throw new TypeError('a world has a signal');
    const ahead = { ...signal, id: 'ahead', time_ns: start_ns * 2n };
    expect(fold.apply({ ...nothing, signals: [ahead], ceiling_ns: start_ns }).outcomes).toEqual(['kept']);
    expect(fold.apply({ ...nothing, signals: [signal] }).outcomes).toEqual(['kept']);
  });
});

const nothing = { signals: [], facts: [], decisions: [], ceiling_ns: never_ns };
