import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { createCorrelations } from '#shared/sigma/correlation/create-correlations.ts';
import { parseTime } from '#shared/event/time.ts';
import type { Correlations } from '#shared/sigma/correlation/port.ts';
import { buildRuleSet } from '#shared/sigma/set/rule-set.ts';
import { oracle } from '../oracle.ts';
import { firingsOf, testCorrelations } from '../testing/correlations.ts';
import { smallParameters } from '../testing/parameters.ts';
import { batchOf, type Input, playArb, Store } from '../testing/play.ts';
import { worldScope } from '../testing/world-scope.ts';
import { type World, type WorldSize, worldArb } from '../testing/worlds.ts';
import { ScopeFold } from './fold.ts';
import { loadFold, saveFold } from './snapshot.ts';

/** Worlds of each shape; more with BREAKWATER_PROPERTY_RUNS. fast-check prints the seed of a failure. */
const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 40);
const timeout_ms = 5000 + runs * 100;
const never_ns = 2n ** 62n;

const shapes = {
  dense: { signals: 30, facts: 14, decisions: 2, steps: 60 },
  wide: { signals: 40, facts: 20, decisions: 1, steps: 400 },
  crowded: { signals: 20, facts: 3, decisions: 1, steps: 120, cast: 'few' },
  asking: { signals: 20, facts: 14, decisions: 1, steps: 150, cast: 'asking' },
  hosts: { signals: 20, facts: 3, decisions: 1, steps: 120, cast: 'hosts' },
  decided: { signals: 20, facts: 6, decisions: 9, steps: 90 },
} satisfies Record<string, WorldSize>;

/** A world, and all its inputs in some order, some twice, in batches. */
function playedWorlds(shape: keyof typeof shapes) {
  return worldArb(shapes[shape]).chain((world) => fc.tuple(fc.constant(world), playArb(world)));
}

function truthOf(world: World) {
  const signals = [...world.signals, ...firingsOf(world.signals)];
  return oracle(worldScope, { ...world, signals }, smallParameters);
}

/** Applies batches; before each for which `restarts` says so, goes on from a checkpoint. */
function play(
  batches: readonly (readonly Input[])[],
  restarts: (at: number) => 'no' | 'checkpoint' | 'loss',
  correlations: () => Correlations = testCorrelations,
) {
  let fold = new ScopeFold(worldScope, smallParameters, correlations());
  const store = new Store();
  const applied: Signal[] = [];
  batches.forEach((inputs, at) => {
    const batch = batchOf(inputs);
    const restart = restarts(at);
    if (restart === 'checkpoint') {
      store.take(fold.show());
      const remembers = at % 3 !== 0;
      const loaded = loadFold(saveFold(fold, remembers), smallParameters, correlations());
      expect(loaded.remembers).toBe(remembers);
      ({ fold } = loaded);
      if (at % 2 === 0) {
        const { incidents, timeline } = fold.show();
        expect([...incidents, ...timeline]).toEqual([]);
      }
      if (!remembers) fold.recall(applied, never_ns);
    }
    if (restart === 'loss') {
      fold = new ScopeFold(worldScope, smallParameters, correlations());
      for (const [id, { status, document }] of store.incidents)
        fold.showcase.registry.adoptIncident(id, statusOf(status), beginOf(document));
      for (const [id, row] of store.timeline)
        fold.showcase.registry.adoptRow(id, JSON.parse(row).incident.id);
      const before = batchOf(batches.slice(0, at).flat());
      fold.take({ ...before, ceiling_ns: never_ns });
      fold.resync();
      store.take(fold.show());
    }
    applied.push(...batch.signals);
    fold.take({ ...batch, ceiling_ns: never_ns });
    if (at % 3 !== 0) store.take(fold.show());
  });
  store.take(fold.show());
  return { store, fold };
}

function beginOf(document: string): bigint {
  return parseTime(JSON.parse(document)['@timestamp']) ?? never_ns;
}

function statusOf(text: string) {
  return text === 'merged' || text === 'candidate' || text === 'closed' || text === 'acknowledged'
    ? text
    : 'open';
}

/** What stands is the oracle's, and every id that was ever given leads where the oracle says. */
function expectTruth(store: Store, world: World): void {
  const truth = truthOf(world);
  expect(store.shown()).toEqual(truth.incidents);
  expect(store.timeline).toEqual(truth.timeline);
  for (const [id, { status, document }] of store.incidents) {
    if (status !== 'merged' && status !== 'candidate') continue;
    expect(JSON.parse(document).incident.merged_into).toBe(truth.leadsTo(id));
  }
}

describe.each(['dense', 'wide', 'crowded', 'asking', 'hosts', 'decided'] as const)(
  'the fold of a world that is %s',
  (shape) => {
    it(
      'equals the oracle, byte for byte, whatever the order, batches and duplicates',
      () => {
        fc.assert(
          fc.property(playedWorlds(shape), ([world, batches]) => {
            expectTruth(play(batches, () => 'no').store, world);
          }),
          { numRuns: runs },
        );
      },
      timeout_ms,
    );

    it(
      'equals the oracle after any restart, from a checkpoint or from nothing',
      () => {
        const restarts = fc.array(fc.constantFrom('no', 'no', 'checkpoint', 'loss'), {
          minLength: 1,
          maxLength: 8,
        });
        fc.assert(
          fc.property(playedWorlds(shape), restarts, ([world, batches], pattern) => {
            const { store } = play(batches, (at) => pattern[at % pattern.length] ?? 'no');
            expectTruth(store, world);
          }),
          { numRuns: Math.ceil(runs / 3) },
        );
      },
      timeout_ms,
    );
  },
);

/** Correlation rules over the signals of the worlds, as they come in files. */
function ruleSet() {
  const base = (id: string): object => ({
    title: id,
    id,
    level: 'low',
    logsource: { product: 'linux' },
    detection: { s: { f: id }, condition: 's' },
  });
  const correlation = (id: string, rule: object): object => ({
    title: id,
    id,
    level: 'high',
    correlation: rule,
  });
  const documents = [
    base('r/shell'),
    base('r/token'),
    correlation('k/sequence', {
      type: 'temporal_ordered',
      rules: ['r/shell', 'r/token'],
      'group-by': [],
      timespan: '10m',
    }),
    correlation('k/many', {
      type: 'event_count',
      rules: ['r/shell'],
      'group-by': [],
      timespan: '10m',
      condition: { gte: 3 },
    }),
    correlation('k/alone', {
      type: 'temporal',
      rules: ['r/shell', 'r/token'],
      'group-by': [],
      timespan: '1m',
      condition: 'r/token and not r/shell',
    }),
  ];
  const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  const built = buildRuleSet([{ file: 'rules.yml', text }]);
  if (built.kind === 'refused') throw new TypeError(JSON.stringify(built.problems));
  return built.set;
}

describe('the fold with correlation rules', () => {
  it(
    'writes the same bytes whether it is taken up from checkpoints, shown its signals again, or runs through',
    () => {
      const set = ruleSet();
      const correlations = (): Correlations => createCorrelations(set, { horizon_ns: never_ns });
      let fired = 0;
      const restarts = fc.array(fc.constantFrom('no', 'checkpoint', 'loss'), {
        minLength: 1,
        maxLength: 8,
      });
      fc.assert(
        fc.property(playedWorlds('wide'), restarts, ([, batches], pattern) => {
          const through = play(batches, () => 'no', correlations);
          const restarted = play(batches, (at) => pattern[at % pattern.length] ?? 'no', correlations);
          expect(restarted.store.shown()).toEqual(through.store.shown());
          expect(restarted.store.timeline).toEqual(through.store.timeline);
          fired += [...through.fold.intake.firings()].length;
        }),
        { numRuns: Math.ceil(runs / 3) },
      );
      expect(fired).toBeGreaterThan(0);
    },
    timeout_ms,
  );
});
