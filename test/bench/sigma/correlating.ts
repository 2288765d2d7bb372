import type { Signal } from '#shared/avro/types.generated.ts';
import { createCorrelations } from '#shared/sigma/correlation/create-correlations.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { buildRuleSet, type RuleSet } from '#shared/sigma/set/rule-set.ts';
import { createRandom } from './random.ts';

/** Signals given at once, as a consumer would. */
const batch_signals = 500;

const base = (name: string): object => ({
  title: name,
  id: name,
  level: 'low',
  logsource: { product: 'linux' },
  detection: { s: { f: name }, condition: 's' },
});

function setOf(correlation: object): RuleSet {
  const documents = [base('a'), base('b'), base('c'), { title: 'k', id: 'k', level: 'high', correlation }];
  const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  const result = buildRuleSet([{ file: 'bench.yml', text }]);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  return result.set;
}

/** Correlation rules as they are measured, by name. */
export const benchCorrelations: ReadonlyMap<string, RuleSet> = new Map([
  [
    'event_count',
    setOf({ type: 'event_count', rules: ['a'], 'group-by': ['k'], timespan: '10m', condition: { gte: 5 } }),
  ],
  [
    'value_count',
    setOf({
      type: 'value_count',
      rules: ['a'],
      'group-by': ['k'],
      timespan: '10m',
      condition: { field: 'v', gte: 5 },
    }),
  ],
  ['temporal', setOf({ type: 'temporal', rules: ['a', 'b'], 'group-by': ['k'], timespan: '10m' })],
  [
    'temporal_ordered',
    setOf({ type: 'temporal_ordered', rules: ['a', 'b', 'c'], 'group-by': ['k'], timespan: '10m' }),
  ],
]);

/** Signals of three rules over many groups, a millisecond apart; the same for the same seed. */
export function generateSignals(count: number, groups: number, seed: number): readonly Signal[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index): Signal => {
    const rule = ['a', 'a', 'a', 'b', 'c'][Math.floor(random() * 5)] ?? 'a';
    return {
      id: `signal-${index}`,
      scope: 'default',
      time_ns: 1_793_606_436_000_000_000n + BigInt(index) * 1_000_000n,
      family: 'runtime',
      rule: { id: rule, title: rule, level: 'low', origin: 'sigma' },
      score: 20,
      tactics: [],
      techniques: [],
      actors: [],
      targets: [],
      class: 'attach',
      opener: false,
      event: { id: `event-${index}`, hash: '', dataset: 'bench' },
      summary: '',
      fields: { k: `group-${Math.floor(random() * groups)}`, v: `value-${Math.floor(random() * 1_000)}` },
      parts: [],
    };
  });
}

export interface CorrelatingFigures {
  readonly signals_per_second: number;
  readonly firings: number;
}

/** Signals that one rule takes in a second of CPU; only those of rules that it refers to are counted. */
export function measureCorrelating(set: RuleSet, signals: readonly Signal[]): CorrelatingFigures {
  const wanted = new Set(set.correlations.flatMap(({ rules }) => rules.map(({ to }) => to)));
  const taken = signals.filter(({ rule }) => wanted.has(rule.id));
  const correlations = createCorrelations(set);
  const ids = new Set<string>();
  const start = process.cpuUsage();
  for (let first = 0; first < taken.length; first += batch_signals) {
    for (const { id } of correlations.add(taken.slice(first, first + batch_signals)).fired) ids.add(id);
  }
  const { user, system } = process.cpuUsage(start);
  return { signals_per_second: taken.length / ((user + system) / 1e6), firings: ids.size };
}

/** What cannot be saved: one look-up by group and one list a group. For ratios on machines that do other things too. */
export function measureFloor(signals: readonly Signal[]): number {
  const groups = new Map<string, Signal[]>();
  const start = process.cpuUsage();
  for (const signal of signals) {
    const key = signal.fields['k'] ?? '';
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [signal]);
    else list.push(signal);
  }
  const { user, system } = process.cpuUsage(start);
  return signals.length / ((user + system) / 1e6);
}
