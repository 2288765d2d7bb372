import type { Signal } from '#shared/avro/types.generated.ts';
import { shortHash } from '#shared/event/identity.ts';
import type { Bound, Condition, Correlation } from '../../rule/model.ts';

/**
 * What the firings of correlation rules are, from the definition, without any state: all signals sorted, every window
 * computed from nothing. Slow on purpose; shares no code with what it checks.
 */
export interface Expected {
  readonly id: string;
  readonly rule_id: string;
  readonly time_ns: bigint;
  readonly event_id: string;
  readonly parts: readonly string[];
  readonly signal: Signal;
}

interface OracleInput {
  /** Those that others build on first. */
  readonly correlations: readonly Correlation[];
  readonly signals: readonly Signal[];
  /** No signal that claims to be later tells the time. */
  readonly ceiling_ns?: bigint;
}

/** How a group-by or value field is read; by rule, in the oracle's world of signals without mappings. */
function fieldOf(signal: Signal, rule: Correlation, field: string): string | undefined {
  const alias = rule.aliases.get(field);
  const name = alias?.get(signal.rule.id) ?? alias?.get(signal.rule.title) ?? field;
  return signal.fields[name];
}

export function expectedFirings({ correlations, signals, ceiling_ns }: OracleInput): readonly Expected[] {
  const all: Expected[] = [];
  const unique = [...new Map(signals.map((signal) => [signal.id, signal])).values()];
  const latest = unique.reduce(
    (max, { time_ns }) =>
      time_ns > max && (ceiling_ns === undefined || time_ns <= ceiling_ns) ? time_ns : max,
    0n,
  );
  const delays = new Map<string, bigint>();
  for (const rule of correlations) {
    const inner = correlations.filter(({ id, name }) =>
      rule.rules.some(({ to }) => to === id || to === name),
    );
    const delay = inner.reduce(
      (max, { id }) => ((delays.get(id) ?? 0n) > max ? (delays.get(id) ?? 0n) : max),
      0n,
    );
    const lateness = (rule.extension.lateness_ns ?? 600_000_000_000n) + delay;
    delays.set(rule.id, isFinal(rule) ? delay + rule.timespan_ns + lateness : delay);
    const known = [...unique, ...all.map(({ signal }) => signal)];
    all.push(...firingsOfRule(rule, known, latest - lateness));
  }
  return all;
}

function firingsOfRule(rule: Correlation, signals: readonly Signal[], decided: bigint): readonly Expected[] {
  const groups = new Map<string, Signal[]>();
  for (const signal of signals) {
    if (!rule.rules.some(({ to }) => to === signal.rule.id || to === signal.rule.title)) continue;
    const values = rule.group_by.map((field) => fieldOf(signal, rule, field));
    if (values.includes(undefined)) continue;
    const key = values.join('\u0000');
    groups.set(key, [...(groups.get(key) ?? []), signal]);
  }
  return [...groups].flatMap(([key, list]) => firingsOfGroup(rule, key, list.sort(bySignal), decided));
}

function bySignal(a: Signal, b: Signal): number {
  if (a.time_ns !== b.time_ns) return a.time_ns < b.time_ns ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function firingsOfGroup(
  rule: Correlation,
  key: string,
  hits: readonly Signal[],
  decided: bigint,
): readonly Expected[] {
  const windows = isFinal(rule) ? longestRuns(rule, hits, decided) : trailing(rule, hits);
  const fulfilled = windows.filter((window) => holds(rule, window));
  return merged(fulfilled).map((episode) => {
    const members = [...new Set(episode.flat())].sort(bySignal);
    const earliest = first(
      episode.toSorted((a, b) => bySignal(first(a.toReversed()), first(b.toReversed()))),
    );
    const completion = first(earliest.toReversed());
    const parts = [...new Set([first(members), ...earliest])].sort(bySignal);
    const id = shortHash(['correlation', rule.id, key, first(members).id].join('\u0000'));
    const common = Object.entries(first(parts).fields).filter(([name, value]) =>
      parts.every(({ fields }) => fields[name] === value),
    );
    const grouped = rule.group_by.map((field, index) => [field, key.split('\u0000')[index] ?? ''] as const);
    const signal: Signal = {
      ...completion,
      id,
      rule: { id: rule.id, title: rule.title, level: rule.level, origin: 'correlation' },
      fields: Object.fromEntries([...common, ...grouped]),
      parts: parts.map((part) => part.id),
    };
    return {
      id,
      rule_id: rule.id,
      time_ns: completion.time_ns,
      event_id: completion.event.id,
      parts: signal.parts,
      signal,
    };
  });
}

function trailing(rule: Correlation, hits: readonly Signal[]): readonly Signal[][] {
  return hits.map((last, index) =>
    hits.slice(0, index + 1).filter(({ time_ns }) => last.time_ns - time_ns <= rule.timespan_ns),
  );
}

function longestRuns(rule: Correlation, hits: readonly Signal[], decided: bigint): readonly Signal[][] {
  const runs = hits.map((first, index) =>
    hits.slice(index).filter(({ time_ns }) => time_ns - first.time_ns <= rule.timespan_ns),
  );
  const longest = runs.filter(
    (run, index) => index === 0 || !run.every((hit) => runs[index - 1]?.includes(hit)),
  );
  return longest.filter((run) => first(run).time_ns + rule.timespan_ns < decided);
}

/** Windows that share hits, directly or through others, together. */
function merged(windows: readonly Signal[][]): readonly Signal[][][] {
  const episodes: Signal[][][] = [];
  for (const window of windows) {
    const touching = episodes.filter((episode) => episode.flat().some((hit) => window.includes(hit)));
    for (const episode of touching) episodes.splice(episodes.indexOf(episode), 1);
    episodes.push([...touching.flat(), window]);
  }
  return episodes;
}

function isFinal(rule: Correlation): boolean {
  const text = JSON.stringify(rule.condition ?? {});
  return (
    ['value_avg', 'value_percentile', 'value_median'].includes(rule.type) ||
    rule.bounds.some(({ operator }) => !operator.startsWith('g')) ||
    text.includes('"not"')
  );
}

function holds(rule: Correlation, window: readonly Signal[]): boolean {
  const fulfils = (value: number): boolean => rule.bounds.every((bound) => compare(value, bound));
  const values = window.map((signal) =>
    rule.field === undefined ? undefined : fieldOf(signal, rule, rule.field),
  );
  const texts = values.filter((value) => value !== undefined);
  const numbers = texts.map(Number).filter((value) => !Number.isNaN(value));
  const there = (name: string): boolean =>
    window.some(({ rule: { id, title } }) => id === name || title === name);
  switch (rule.type) {
    case 'event_count':
      return fulfils(
        new Set(window.map(({ id, event, rule: { origin } }) => (origin === 'correlation' ? id : event.id)))
          .size,
      );
    case 'value_count':
      return fulfils(new Set(texts).size);
    case 'value_sum':
      return numbers.length > 0 && fulfils(numbers.reduce((a, b) => a + b, 0));
    case 'value_avg':
      return numbers.length > 0 && fulfils(numbers.reduce((a, b) => a + b, 0) / numbers.length);
    case 'value_median':
      return numbers.length > 0 && fulfils(quantile(numbers, 0.5));
    case 'value_percentile':
      return numbers.length > 0 && fulfils(quantile(numbers, rule.percentile / 100));
    case 'temporal':
      if (rule.condition !== undefined) return truth(rule.condition, there);
      return fulfils(rule.rules.filter(({ to }) => there(to)).length);
    case 'temporal_ordered':
      return ordered(rule, window, fulfils, there);
  }
}

function ordered(
  rule: Correlation,
  window: readonly Signal[],
  fulfils: (value: number) => boolean,
  there: (name: string) => boolean,
): boolean {
  const names = rule.rules.map(({ to }) => to);
  const chains = subsetsOf(names).filter((chain) => canFollow(chain, window, -1n));
  if (rule.condition === undefined) return fulfils(Math.max(...chains.map((chain) => chain.length)));
  const { condition } = rule;
  const negated = names.filter((name) => underNot(condition, name, false));
  return chains.some(
    (chain) =>
      truth(condition, (name) => (negated.includes(name) ? there(name) : chain.includes(name))) &&
      chain.every((name) => !negated.includes(name)),
  );
}

function canFollow(chain: readonly string[], window: readonly Signal[], after: bigint): boolean {
  const [first, ...rest] = chain;
  if (first === undefined) return true;
  return window.some(
    ({ rule: { id, title }, time_ns }) =>
      (id === first || title === first) && time_ns > after && canFollow(rest, window, time_ns),
  );
}

function subsetsOf(names: readonly string[]): readonly string[][] {
  return Array.from({ length: 2 ** names.length }, (_, bits) =>
    names.filter((_name, index) => (bits >> index) & 1),
  );
}

function underNot(condition: Condition, name: string, under: boolean): boolean {
  switch (condition.kind) {
    case 'identifier':
      return under && condition.name === name;
    case 'not':
      return underNot(condition.term, name, !under);
    case 'and':
    case 'or':
      return condition.terms.some((term) => underNot(term, name, under));
    case 'of':
      return false;
  }
}

function truth(condition: Condition, there: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'identifier':
      return there(condition.name);
    case 'not':
      return !truth(condition.term, there);
    case 'and':
      return condition.terms.every((term) => truth(term, there));
    case 'or':
      return condition.terms.some((term) => truth(term, there));
    case 'of':
      return false;
  }
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = fraction * (sorted.length - 1);
  const [low, high] = [first(sorted.slice(Math.floor(rank))), first(sorted.slice(Math.ceil(rank)))];
  return low + (high - low) * (rank - Math.floor(rank));
}

function compare(value: number, { operator, value: bound }: Bound): boolean {
  return {
    gt: value > bound,
    gte: value >= bound,
    lt: value < bound,
    lte: value <= bound,
    eq: value === bound,
    neq: value !== bound,
  }[operator];
}

function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new RangeError('an empty list');
  return item;
}
