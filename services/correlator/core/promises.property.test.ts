import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Fact, Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { smallParameters } from '../testing/parameters.ts';
import { shellSignal } from '../testing/signal.ts';
import { start_ns, worldScope } from '../testing/world-scope.ts';
import { type World, worldArb } from '../testing/worlds.ts';
import { ScopeFold } from './fold.ts';
import { defaultParameters, type Parameters } from './parameters.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 40);
const timeout_ms = 5000 + runs * 100;
const never_ns = 2n ** 62n;
const second_ns = 1_000_000_000n;

type Inputs = Pick<World, 'signals' | 'facts'>;

function foldOf({ signals, facts }: Inputs, parameters: Parameters = smallParameters): ScopeFold {
  const fold = new ScopeFold(worldScope, parameters, noCorrelations);
  fold.take({ signals, facts, decisions: [], ceiling_ns: never_ns });
  return fold;
}

/** Every document that stands, by id. */
function documentsOf(inputs: Inputs): ReadonlyMap<string, string> {
  const { incidents, timeline } = foldOf(inputs).show();
  const rows = timeline.map(({ id, document }) => [`row ${id}`, document ?? ''] as const);
  return new Map([...incidents.map(({ id, document }) => [id, document] as const), ...rows]);
}

/** The incident or candidate of each bridge signal. */
function placesOf(inputs: Inputs): ReadonlyMap<string, string | undefined> {
  const fold = foldOf(inputs);
  fold.show();
  const bridges = [...fold.population.lives.values()].filter(({ signal }) => signal.class === 'bridge');
  return new Map(bridges.map(({ id }) => [id, fold.assembly.partOf(id)?.id]));
}

/** The same world in another part of the cluster: no entity, event or tool in common. */
function elsewhere({ signals, facts }: Inputs): Inputs {
  const move = (entity: string): string => entity.replace(/^([a-z_]+):/, '$1:other-');
  return {
    signals: signals.map((signal) => ({
      ...signal,
      id: `other-${signal.id}`,
      actors: signal.actors.map(move),
      targets: signal.targets.map(move),
      event: { ...signal.event, id: `other-${signal.event.id}`, dataset: 'other' },
    })),
    facts: facts.map((fact) => ({ ...fact, a: move(fact.a), b: move(fact.b) })),
  };
}

/** What half the cluster deals with: the name server, the API server, a controller, a base image. */
function withHubs({ signals, facts }: Inputs): Inputs {
  const actors = ['user:system:apiserver', 'serviceaccount:kube-system/job-controller'];
  const targets = ['workload:kube-system/Deployment/dns', 'image:sha256:base'];
  return {
    facts,
    signals: signals.map((signal) =>
      // A signal that names nothing else would be counted as part of the hub's own flood.
      signal.class === 'context' || !signal.actors.some((actor) => /^(?:pod|container)/.test(actor))
        ? signal
        : {
            ...signal,
            actors: [...signal.actors, ...actors],
            targets: [...signal.targets, ...targets],
          },
    ),
  };
}

const worlds = worldArb({ signals: 25, facts: 12, decisions: 0, steps: 90 });

describe('what one part of a cluster does', () => {
  it.each([
    ['is told alike, whatever noise is elsewhere', (inputs: Inputs): Inputs => inputs],
    ['stays apart from another attack that shares only hubs with it', withHubs],
  ])(
    '%s',
    (_, prepared) => {
      fc.assert(
        fc.property(worlds, worlds, (one, two) => {
          const [here, there] = [prepared(one), prepared(elsewhere(two))];
          const both = {
            signals: [...here.signals, ...there.signals],
            facts: [...here.facts, ...there.facts],
          };
          expect(documentsOf(both)).toEqual(new Map([...documentsOf(here), ...documentsOf(there)]));
        }),
        { numRuns: runs },
      );
    },
    timeout_ms,
  );

  it(
    'is divided alike when weak signals that never move and context come to it',
    () => {
      const extras = worldArb({ signals: 15, facts: 0, decisions: 0, steps: 90 });
      fc.assert(
        fc.property(worlds, extras, (world, { signals }) => {
          const weak = signals.map(
            (signal): Signal => ({
              ...signal,
              id: `weak-${signal.id}`,
              class: signal.class === 'bridge' ? 'attach' : signal.class,
              // Rules of their own: they are no part of the floods of others.
              rule: { ...signal.rule, id: `weak/${signal.rule.id}` },
              opener: false,
              first_only: false,
              family: signal.class === 'context' ? signal.family : 'runtime',
              // Who calls a new peer on the outside may move.
              targets: signal.targets.filter((target) => !target.startsWith('external:')),
            }),
          );
          expect(placesOf({ ...world, signals: [...world.signals, ...weak] })).toEqual(placesOf(world));
        }),
        { numRuns: runs },
      );
    },
    timeout_ms,
  );
});

function signal(id: string, time_ns: bigint, actors: readonly string[]): Signal {
  return shellSignal(id, 0, { time_ns, actors: [...actors], opener: true });
}

it('a bystander who was given an address that an attack had is not taken along', () => {
  const change_s = 600;
  const skew_s = Number(BigInt(defaultParameters.skew_ms) / 1000n);
  const bears = (pod: string, from_s: number, to_s: number | null): Fact => ({
    id: pod,
    scope: worldScope,
    a: 'ip:10.0.0.7',
    relation: 'is',
    b: pod,
    from_ns: start_ns + BigInt(from_s) * second_ns,
    to_ns: to_s === null ? null : start_ns + BigInt(to_s) * second_ns,
    confidence: 100,
    source_hash: '',
  });
  const at = (from_s: number, to_s: number) =>
    fc.array(fc.record({ s: fc.integer({ min: from_s, max: to_s }), byAddress: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    });
  const facts = [bears('pod:attacker', 0, change_s), bears('pod:bystander', change_s, null)];
  fc.assert(
    fc.property(
      at(0, change_s - 1 - skew_s),
      at(change_s + skew_s, 2 * change_s),
      fc.shuffledSubarray(facts, { minLength: 2 }),
      (attack, later, told) => {
        const named = (name: string, times: typeof attack): Signal[] =>
          times.map(({ s, byAddress }, index) =>
            signal(`${name}-${index}`, start_ns + BigInt(s) * second_ns, [
              byAddress ? 'ip:10.0.0.7' : `pod:${name}`,
            ]),
          );
        const signals = [...named('attacker', attack), ...named('bystander', later)];
        const places = placesOf({ signals, facts: told });
        const attacked = new Set([...places].filter(([id]) => id.startsWith('a')).map(([, part]) => part));
        const stood = [...places].filter(([id]) => id.startsWith('b')).map(([, part]) => part);
        expect(stood.filter((part) => attacked.has(part))).toEqual([]);
      },
    ),
    { numRuns: runs },
  );
});

describe('the work for one signal', () => {
  /** How often histories are looked up for a signal of a pod with one other signal. */
  function lookups(state: readonly Signal[]): number {
    const fold = foldOf(
      { signals: [signal('s1', start_ns, ['pod:own']), ...state], facts: [] },
      defaultParameters,
    );
    fold.show();
    const spy = vi.spyOn(fold.population, 'historyOf');
    const one = signal('s2', start_ns + second_ns, ['pod:own']);
    const { incidents } = fold.apply({ signals: [one], facts: [], decisions: [], ceiling_ns: never_ns });
    expect(incidents).toHaveLength(1);
    return spy.mock.calls.length;
  }

  it('does not grow with what is known of others, nor with a flood elsewhere', () => {
    const others = Array.from({ length: 1000 }, (_, at) => signal(`o${at}`, start_ns, [`pod:other-${at}`]));
    const flood = Array.from({ length: 3000 }, (_, at) =>
      signal(`f${at}`, start_ns + BigInt(at) * 1000n, ['pod:flooded']),
    );
    const alone = lookups([]);
    expect(lookups(others)).toBe(alone);
    expect(lookups(flood)).toBe(alone);
  });

  it('of a flood is that of the few that are kept; the others are counted, with a digest', () => {
    const flood = Array.from({ length: 500 }, (_, at) =>
      signal(`f${at}`, start_ns + BigInt(at) * 1000n, ['pod:flooded']),
    );
    const fold = foldOf({ signals: flood, facts: [] }, defaultParameters);
    const { incidents } = fold.show();
    const { kept_max } = defaultParameters.flood;
    expect(fold.counts().signals).toBe(kept_max);
    expect(JSON.parse(incidents[0]?.document ?? '{}').incident).toMatchObject({
      members_count: kept_max,
      signals_count: 500,
      collapsed: [{ count: 500 - kept_max, exact: true, digest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
  });
});
