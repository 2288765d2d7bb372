import fc from 'fast-check';
import type { Signal } from '#shared/avro/types.generated.ts';
import { shortHash } from '#shared/event/identity.ts';
import { type Cast, images, players, pods, references, workloads } from './cast.ts';
import { worldScope } from './world-scope.ts';

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
export function signalArb(index: number, time: fc.Arbitrary<bigint>, cast: Cast): fc.Arbitrary<Signal> {
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
