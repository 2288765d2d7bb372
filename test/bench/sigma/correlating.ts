import { codecs } from '#shared/avro/codecs.ts';
import type { Signal } from '#shared/avro/types.generated.ts';
import { shortHash } from '#shared/event/identity.ts';
import { createCorrelations } from '#shared/sigma/correlation/create-correlations.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { buildRuleSet, type RuleSet } from '#shared/sigma/set/rule-set.ts';
import { createRandom } from './random.ts';
import { createStopwatch, type Rates } from './stopwatch.ts';

/** Signals given at once, as a consumer gives them. */
const batch_signals = 2000;
/** Event time between two signals: a window holds 1.4 of an ordinary group, 36 of a busy one. */
const step_ns = 3_333_333n;
const start_ns = 1_793_606_436_000_000_000n;
/** Signals taken before the clock starts, so that the code is compiled. */
const warm_up_signals = 100_000;

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

const group_by = ['kubernetes.pod.uid'];

/** Correlation rules as they are measured, by name, with the rules whose signals they are given. */
export const benchCorrelations: ReadonlyMap<string, { readonly set: RuleSet; readonly rules: string }> =
  new Map([
    [
      'event_count',
      {
        set: setOf({
          type: 'event_count',
          rules: ['a'],
          'group-by': group_by,
          timespan: '10m',
          condition: { gte: 10 },
        }),
        rules: 'a',
      },
    ],
    [
      'value_count',
      {
        set: setOf({
          type: 'value_count',
          rules: ['a'],
          'group-by': group_by,
          timespan: '10m',
          condition: { field: 'destination.address', gte: 10 },
        }),
        rules: 'a',
      },
    ],
    [
      'temporal',
      {
        set: setOf({ type: 'temporal', rules: ['a', 'b', 'c'], 'group-by': group_by, timespan: '10m' }),
        rules: 'aaabc',
      },
    ],
    [
      'temporal_ordered',
      {
        set: setOf({
          type: 'temporal_ordered',
          rules: ['a', 'b', 'c'],
          'group-by': group_by,
          timespan: '10m',
        }),
        rules: 'aaabc',
      },
    ],
  ]);

/** Signals of some rules over many groups in batches, each batch read from its records as a consumer reads it. */
export function* generateBatches(
  count: number,
  groups: number,
  rules: string,
  seed: number,
): Iterable<readonly Signal[]> {
  const random = createRandom(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  for (let first = 0; first < count; first += batch_signals) {
    const records = Array.from({ length: batch_signals }, (_, at) => {
      const index = first + at;
      // A fifth comes from a hundredth of the pods: those are what such rules look for.
      const pod = pick(random() < 0.2 ? groups / 100 : groups);
      const rule = rules.charAt(pick(rules.length));
      const address = `203.0.${pick(4)}.${pick(250)}`;
      const signal: Signal = {
        id: shortHash(`signal ${index}`),
        scope: 'default',
        time_ns: start_ns + BigInt(index) * step_ns,
        family: 'network',
        rule: { id: rule, title: 'Connection to an unusual address', level: 'low', origin: 'sigma' },
        score: 20,
        tactics: ['command-and-control'],
        techniques: ['T1071'],
        actors: [`pod:${podUid(pod)}`, `container:${podUid(pod + 1)}`],
        targets: [`external:${address}`],
        class: 'attach',
        opener: false,
        event: { id: shortHash(`event ${index}`), hash: shortHash(`hash ${index}`), dataset: 'hubble.flow' },
        summary: `shop/cart-${pod} connected to ${address}`,
        fields: {
          'kubernetes.pod.uid': podUid(pod),
          'kubernetes.namespace': `team-${pod % 40}`,
          'destination.address': address,
          'destination.port': `${pick(65_536)}`,
          'process.name': 'curl',
          'user.name': 'root',
        },
        parts: [],
      };
      return codecs.signal.encode(signal);
    });
    yield records.map((record) => codecs.signal.decode(record));
  }
}

function podUid(pod: number): string {
  return `${(pod * 2_654_435_761).toString(16).padStart(12, '0').slice(-12)}-4a1c-9f3e`;
}

/** Signals that are taken in a second. Reading them is not part of it, and compiled code takes them. */
export interface CorrelatingFigures {
  readonly rates: Rates;
  readonly firings: number;
}

/** What one correlation rule takes. */
export function measureCorrelating(
  set: RuleSet,
  rules: string,
  count: number,
  groups: number,
  seed: number,
): CorrelatingFigures {
  correlate(set, generateBatches(warm_up_signals, groups, rules, seed + 1));
  const { stopwatch, firings } = correlate(set, generateBatches(count, groups, rules, seed));
  return { rates: stopwatch.rates(count), firings };
}

function correlate(set: RuleSet, batches: Iterable<readonly Signal[]>) {
  const correlations = createCorrelations(set);
  const stopwatch = createStopwatch();
  const ids = new Set<string>();
  for (const batch of batches) {
    const { fired } = stopwatch.time(() => correlations.add(batch));
    for (const { id } of fired) ids.add(id);
  }
  return { stopwatch, firings: ids.size };
}

/** What cannot be saved: one look-up by group and one list a group. For ratios on machines that do other things too. */
export function measureFloor(count: number, groups: number, seed: number): Rates {
  const lists = new Map<string, Signal[]>();
  const stopwatch = createStopwatch();
  for (const batch of generateBatches(count, groups, 'a', seed)) {
    stopwatch.time(() => {
      for (const signal of batch) {
        const key = signal.fields['kubernetes.pod.uid'] ?? '';
        const list = lists.get(key);
        if (list === undefined) lists.set(key, [signal]);
        else list.push(signal);
      }
    });
  }
  return stopwatch.rates(count);
}
