import type { Signal } from '#shared/avro/types.generated.ts';
import { createCorrelations } from '../correlation/create-correlations.ts';
import { signalFieldsOf } from '../correlation/definition.ts';
import { conflicts, logsourceOf, originOf } from '../logsource.ts';
import { evaluate } from '../match/evaluate.ts';
import { readField } from '../match/read-field.ts';
import { textOf } from '../match/value.ts';
import type { Correlation, RuleTest } from '../rule/model.ts';
import type { CompiledRule, RuleSet } from '../set/rule-set.ts';

type TestEvent = RuleTest['events'][number];

const second_ns = 1_000_000_000n;
const start_ns = 1_767_225_600n * second_ns;
/** Later than any window of any rule: what is decided when its window is over is then decided. */
const much_later_ns = 3n * 366n * 86_400n * second_ns;

/**
 * Whether a correlation fires on the events of a test. Events match the rules that the correlation refers to, from their
 * own log source or, when they name none, from any; those without `@timestamp` come a second after the one before.
 */
export function correlationFires(set: RuleSet, correlation: Correlation, test: RuleTest): boolean {
  const correlations = createCorrelations(set);
  const fields = signalFieldsOf(set);
  const times = timesOf(test.events);
  const signals = test.events.flatMap((event, index) =>
    set.rules
      .filter((compiled) => matches(compiled, event))
      .map((compiled) => signalOf(compiled, event, index, times[index] ?? start_ns, fields)),
  );
  const later = {
    ...clockSignal,
    time_ns: times.reduce((a, b) => (a > b ? a : b), start_ns) + much_later_ns,
  };
  const standing = new Set<string>();
  for (const batch of [signals, [later]]) {
    const { fired, withdrawn } = correlations.add(batch);
    for (const { id, rule } of fired) if (rule.id === correlation.id) standing.add(id);
    for (const id of withdrawn) standing.delete(id);
  }
  return standing.size > 0;
}

function matches({ rule, expression }: CompiledRule, event: TestEvent): boolean {
  const origin = originOf(event);
  if (origin !== undefined && conflicts(rule.logsource, logsourceOf(origin))) return false;
  return evaluate(expression, event);
}

function timesOf(events: readonly TestEvent[]): readonly bigint[] {
  let last_ns = start_ns - second_ns;
  return events.map((event) => {
    const text = event['@timestamp'];
    const time_ms = typeof text === 'string' ? Date.parse(text) : Number.NaN;
    last_ns = Number.isNaN(time_ms) ? last_ns + second_ns : BigInt(time_ms) * 1_000_000n;
    return last_ns;
  });
}

const clockSignal: Signal = {
  id: 'clock',
  scope: 'test',
  time_ns: 0n,
  family: 'runtime',
  rule: { id: 'clock', title: 'clock', level: 'informational', origin: 'tool' },
  score: 0,
  tactics: [],
  techniques: [],
  actors: [],
  targets: [],
  class: 'context',
  opener: false,
  event: { id: 'clock', hash: '', dataset: 'test' },
  summary: '',
  fields: {},
  parts: [],
};

function signalOf(
  { rule }: CompiledRule,
  event: TestEvent,
  index: number,
  time_ns: bigint,
  names: readonly string[],
): Signal {
  return {
    ...clockSignal,
    id: `${index} ${rule.id}`,
    time_ns,
    rule: { id: rule.id, title: rule.title, level: rule.level, origin: 'sigma' },
    event: { id: `event ${index}`, hash: '', dataset: 'test' },
    fields: Object.fromEntries(
      names.flatMap((name) => {
        const text = readField(event, name)
          .values.map(textOf)
          .find((value) => value !== undefined);
        return text === undefined ? [] : [[name, text]];
      }),
    ),
  };
}
