import fc from 'fast-check';
import type { Decision, Fact, Signal } from '#shared/avro/types.generated.ts';
import { type Cast, players } from './cast.ts';
import { decisionArb } from './random-decision.ts';
import { factArb } from './random-fact.ts';
import { signalArb } from './random-signal.ts';
import { start_ns, step_ns, worldScope } from './world-scope.ts';

/** A random small cluster with everything that makes joining hard: reuse, hubs, disorder, decisions. */
export interface World {
  readonly signals: readonly Signal[];
  readonly facts: readonly Fact[];
  readonly decisions: readonly Decision[];
}

export interface WorldSize {
  readonly signals: number;
  readonly facts: number;
  readonly decisions: number;
  /** Length of time, in steps of 10 s. */
  readonly steps: number;
  readonly cast?: Cast;
  /** All signals of an event have its time, and nothing is named after its end, as where nothing is wrong. */
  readonly sound?: boolean;
}

/** A random world; some signals come with a second content under the same id. */
export function worldArb(size: WorldSize): fc.Arbitrary<World> {
  const time = timeArb(size.steps);
  const signals = fc
    .integer({ min: 1, max: size.signals })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => signalArb(index, time, size.cast ?? 'all'))),
    );
  return fc
    .record({
      signals,
      again: fc.array(fc.record({ at: fc.nat({ max: size.signals - 1 }), time_ns: time }), { maxLength: 3 }),
      facts: fc.array(factArb(time), { maxLength: size.facts }),
      decisions: fc
        .integer({ min: 0, max: size.decisions })
        .chain((count) =>
          fc.tuple(...Array.from({ length: count }, (_, index) => decisionArb(index, size.signals, time))),
        ),
    })
    .map(({ signals: all, again, facts, decisions }) => ({
      signals: [
        ...(size.sound === true ? withEventTimes(all) : all),
        ...(size.sound === true ? [] : again).flatMap(({ at, time_ns }) => {
          const signal = all[at];
          return signal === undefined ? [] : [{ ...signal, time_ns }];
        }),
      ],
      facts: [...knownTo(size.cast ?? 'all'), ...(size.sound === true ? facts.map(forGood) : facts)],
      decisions,
    }));
}

function timeArb(steps: number): fc.Arbitrary<bigint> {
  return fc.integer({ min: 0, max: steps }).map((step) => start_ns + BigInt(step) * step_ns);
}

/** Facts that hold from the beginning of a world. */
function knownTo(cast: Cast): readonly Fact[] {
  return (players[cast].known ?? []).map((said, index) => ({
    id: `known-${index}`,
    scope: worldScope,
    ...said,
    from_ns: start_ns,
    to_ns: null,
    confidence: 100,
    source_hash: '',
  }));
}

/** What is said of a thing that exists once, without an end. */
function forGood(fact: Fact): Fact {
  return /^(?:ip|connection|image_reference):/.test(fact.a) ? fact : { ...fact, to_ns: null };
}

function withEventTimes(signals: readonly Signal[]): readonly Signal[] {
  return signals.map((signal) => {
    const first = signals.find(({ event }) => event.id === signal.event.id) ?? signal;
    return { ...signal, time_ns: first.time_ns };
  });
}
