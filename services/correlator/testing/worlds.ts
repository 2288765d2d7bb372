import fc from 'fast-check';
import type { Decision, DecisionAction, Fact, Signal } from '#shared/avro/types.generated.ts';
import { shortHash } from '#shared/event/identity.ts';
import {
  type Cast,
  accounts,
  addresses,
  connections,
  containers,
  hostNetworks,
  images,
  nodes,
  outside,
  players,
  podNames,
  pods,
  processes,
  references,
  sessions,
  users,
  workloads,
} from './cast.ts';

/** A random small cluster with everything that makes joining hard: reuse, hubs, disorder, decisions. */
export interface World {
  readonly signals: readonly Signal[];
  readonly facts: readonly Fact[];
  readonly decisions: readonly Decision[];
}

export const worldScope = 'test/one';
/** 2026-03-01T00:00:00Z. */
export const start_ns = 1_772_323_200_000_000_000n;
const step_ns = 10_000_000_000n;

/** Steps of 10 seconds: small numbers make equal times and exact bounds likely. */
export function timeArb(steps: number): fc.Arbitrary<bigint> {
  return fc.integer({ min: 0, max: steps }).map((step) => start_ns + BigInt(step) * step_ns);
}

const rules = [
  { id: 'r/shell', title: 'Shell in container', level: 'high', origin: 'sigma', score: 73 },
  { id: 'r/token', title: 'Token read', level: 'medium', origin: 'sigma', score: 47 },
  { id: 'r/exploit', title: 'Exploit of CVE-2026-0001 seen', level: 'critical', origin: 'tool', score: 99 },
  { id: 'r/list', title: 'List', level: 'low', origin: 'tool', score: 21 },
  { id: 'r/flow', title: 'New flow', level: 'informational', origin: 'sigma', score: 10 },
] as const;
const contextRules = [
  { id: 'exploited:CVE-2026-0001', title: 'Known exploited', level: 'medium', origin: 'posture', score: 45 },
  { id: 'policy/privileged', title: 'Privileged', level: 'medium', origin: 'posture', score: 47 },
  { id: 'policy/unsigned-image', title: 'Unsigned', level: 'medium', origin: 'posture', score: 47 },
  { id: 'policy/labels', title: 'Labels', level: 'low', origin: 'posture', score: 21 },
] as const;

/** A signal numbered `index`, of an event that others may share. */
function signalArb(index: number, time: fc.Arbitrary<bigint>, cast: Cast): fc.Arbitrary<Signal> {
  const { actors, targets, said, families } = players[cast];
  return fc
    .record({
      time_ns: time,
      family: fc.constantFrom(...families),
      class: fc.constantFrom('bridge', 'bridge', 'bridge', 'attach', 'attach', 'context'),
      rule: fc.constantFrom(...rules),
      contextRule: fc.constantFrom(...contextRules),
      actors,
      targets,
      described: fc.array(fc.constantFrom(...images, ...references, ...workloads, ...pods), {
        minLength: 1,
        maxLength: 2,
      }),
      tactics: fc.subarray(['execution', 'credential-access', 'exfiltration'], { maxLength: 2 }),
      techniques: fc.subarray(['T1059', 'T1528', 'T1190'], { maxLength: 1 }),
      event: fc.oneof(
        { weight: 5, arbitrary: fc.constant(index) },
        { weight: 1, arbitrary: fc.nat({ max: 5 }) },
      ),
      said: fc.constantFrom(...said),
      opener: fc.integer({ min: 0, max: 19 }).map((chance) => chance === 0),
      first: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 0),
    })
    .map((drawn): Signal => {
      const isContext = drawn.class === 'context';
      const { score, ...rule } = isContext ? drawn.contextRule : drawn.rule;
      return {
        id: `s${index}`,
        scope: worldScope,
        time_ns: drawn.time_ns,
        family: isContext ? 'scanner' : drawn.family,
        rule,
        score,
        tactics: drawn.tactics,
        techniques: drawn.techniques,
        actors: isContext ? [] : drawn.actors,
        targets: isContext ? drawn.described : drawn.targets,
        class: pickClass(drawn.class),
        opener: drawn.opener && drawn.class === 'bridge',
        first_only: drawn.first && drawn.class === 'attach',
        event: { id: `event-${drawn.event}`, hash: shortHash(`${drawn.event}`), dataset: 'test' },
        summary: `Signal ${index}`,
        fields: drawn.said,
        parts: [],
      };
    });
}

function pickClass(name: string): Signal['class'] {
  return name === 'bridge' || name === 'attach' ? name : 'context';
}

/** A plausible fact, with an interval that may be reused, open or empty. */
export function factArb(time: fc.Arbitrary<bigint>): fc.Arbitrary<Fact> {
  const statement = (as: string[], relation: Fact['relation'], bs: string[]) =>
    fc.record({ a: fc.constantFrom(...as), relation: fc.constant(relation), b: fc.constantFrom(...bs) });
  return fc
    .record({
      said: fc.oneof(
        statement(podNames, 'is', pods),
        statement(addresses, 'is', [...pods, ...pods, ...nodes]),
        statement(containers, 'part_of', [...pods, ...podNames]),
        statement(processes, 'part_of', containers),
        statement(pods, 'part_of', workloads),
        statement([...pods, ...addresses], 'part_of', hostNetworks),
        statement(pods, 'runs_as', accounts),
        statement(pods, 'uses', images),
        statement(images, 'is', images),
        statement(references, 'is', images),
        statement(sessions, 'spawned', processes),
        statement(sessions, 'is', users),
        statement(connections, 'is', pods),
        statement(outside, 'is', outside),
        statement(workloads, 'runs_as', accounts),
      ),
      from_ns: time,
      length: fc.option(fc.integer({ min: -5, max: 300 }), { nil: null }),
      confidence: fc.integer({ min: 0, max: 100 }),
    })
    .map(({ said, from_ns, length, confidence }) => ({
      id: shortHash(JSON.stringify([said, String(from_ns), length])),
      scope: worldScope,
      ...said,
      from_ns,
      to_ns: length === null ? null : from_ns + BigInt(length) * step_ns,
      confidence,
      source_hash: '',
    }));
}

const actions: readonly DecisionAction[] = [
  'assign',
  'comment',
  'acknowledge',
  'close',
  'close',
  'reopen',
  'merge',
  'merge',
  'split',
  'suppress',
];

function decisionArb(index: number, signals: number, time: fc.Arbitrary<bigint>): fc.Arbitrary<Decision> {
  const signal = fc.integer({ min: 0, max: Math.max(0, signals - 1) }).map((number) => `s${number}`);
  const incident = signal.map((id) => shortHash(`incident\u0000${worldScope}\u0000${id}`));
  return fc
    .record({
      time_ns: time,
      action: fc.constantFrom(...actions),
      incident,
      into: incident,
      signals: fc.array(signal, { maxLength: 4 }),
      severity: fc.option(fc.constantFrom('21', '47', '73', '99'), { nil: undefined }),
      entity: fc.constantFrom(...pods, ...outside, 'user:alice'),
      rule: fc.option(fc.constantFrom('r/shell', 'r/token'), { nil: undefined }),
      change: fc.option(fc.constant('CHG-1'), { nil: undefined }),
    })
    .map(({ time_ns, action, incident: about, into, signals: ids, severity, entity, rule, change }) => ({
      id: `d${index}`,
      scope: worldScope,
      time_ns,
      actor: 'analyst',
      action,
      incident: about,
      arguments: argumentsOf(action, { into, ids, severity, entity, rule, change, time_ns }),
      reason: 'because',
    }));
}

function argumentsOf(
  action: DecisionAction,
  given: {
    into: string;
    ids: string[];
    severity: string | undefined;
    entity: string;
    rule: string | undefined;
    change: string | undefined;
    time_ns: bigint;
  },
): Record<string, string> {
  if (action === 'merge') return { into: given.into };
  if (action === 'split') return { signals: given.ids.join(',') };
  if (action === 'assign') return { assignee: 'carol' };
  if (action === 'close') {
    return given.severity === undefined ? { disposition: 'benign' } : { severity: given.severity };
  }
  if (action !== 'suppress') return {};
  const expires = String(given.time_ns + 600_000_000_000n);
  const rule = given.rule === undefined ? {} : { rule: given.rule };
  const change = given.change === undefined ? {} : { change: given.change };
  return { entity: given.entity, expires, ...rule, ...change };
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
