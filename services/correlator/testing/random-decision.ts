import fc from 'fast-check';
import type { Decision, DecisionAction } from '#shared/avro/types.generated.ts';
import { shortHash } from '#shared/event/identity.ts';
import { outside, pods } from './cast.ts';
import { worldScope } from './world-scope.ts';

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

/** A decision numbered `index`, about signals of a world of at most `signals`. */
export function decisionArb(
  index: number,
  signals: number,
  time: fc.Arbitrary<bigint>,
): fc.Arbitrary<Decision> {
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
