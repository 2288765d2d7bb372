import type { Signal } from '#shared/avro/types.generated.ts';
import { isTemporal } from '../rule/correlation.ts';
import type { Condition, Correlation } from '../rule/model.ts';
import type { RuleSet } from '../set/rule-set.ts';
import { lateness_ns_default } from './limits.ts';

/** A correlation rule with everything resolved that its running needs. */
export interface Definition {
  readonly rule: Correlation;
  /** By id of the rules it refers to. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Numbers of the sources in the order in which an ordered correlation expects them. */
  readonly chain: readonly number[];
  /** The number of a source by the name or id that the rule uses. */
  readonly numberOf: (reference: string) => number;
  /** Names of all sources as the rule uses them, by number. */
  readonly references: readonly string[];
  /**
   * More signals can make the condition false again: it is decided when the window is over and no more are expected.
   * Otherwise it is decided at once.
   */
  readonly final: boolean;
  /** No window with fewer hits can fulfil the condition. */
  readonly hits_min: number;
  /** How long after a time its signals may still come; longer where they are firings that are themselves decided late. */
  readonly lateness_ns: bigint;
  /** How much later than its event time a signal of a source may come into being. */
  readonly delay_ns: bigint;
  /** The number of the source of a signal; -1 for others. */
  readonly sourceOf: (signal: Signal) => number;
  /** The group-by values of a signal of a source, joined; undefined when one is missing. */
  readonly groupKeyOf: (signal: Signal) => string | undefined;
  /** What is counted or summed. */
  readonly valueOf: (signal: Signal) => string | undefined;
}

/** How signals of one rule take part. */
export interface Source {
  /** The rule's. */
  readonly id: string;
  readonly number: number;
  /** For each group-by field the names under which this rule's signals carry it; the first that is there counts. */
  readonly group_fields: readonly (readonly string[])[];
  readonly value_fields: readonly string[];
}

/** Resolves the correlations of a set, those that others build on first. */
export function definitionsOf(set: RuleSet): readonly Definition[] {
  const byReference = new Map<string, Referred>();
  for (const { rule, mapField } of set.rules) register(byReference, rule, { id: rule.id, mapField });
  for (const rule of set.correlations)
    register(byReference, rule, { id: rule.id, mapField: (field) => [field] });
  const done = new Map<string, Definition>();
  const define = (rule: Correlation): Definition => {
    const known = done.get(rule.id);
    if (known !== undefined) return known;
    const inner = set.correlations.filter(({ id, name }) =>
      rule.rules.some(({ to }) => to === id || to === name),
    );
    const definition = definitionOf(rule, byReference, inner.map(define));
    // Inner ones were put in before.
    done.set(rule.id, definition);
    return definition;
  };
  for (const rule of set.correlations) define(rule);
  return [...done.values()];
}

/** The names of signal fields that the correlations of a set group by or count. */
export function signalFieldsOf(set: RuleSet): readonly string[] {
  const names = definitionsOf(set).flatMap(({ sources }) =>
    [...sources.values()].flatMap(({ group_fields, value_fields }) => [
      ...group_fields.flat(),
      ...value_fields,
    ]),
  );
  return [...new Set(names)].sort();
}

interface Referred {
  readonly id: string;
  readonly mapField: (field: string) => readonly string[];
}

function register(
  all: Map<string, Referred>,
  { id, name }: { readonly id: string; readonly name: string | undefined },
  referred: Referred,
): void {
  all.set(id, referred);
  if (name !== undefined) all.set(name, referred);
}

function definitionOf(
  rule: Correlation,
  all: ReadonlyMap<string, Referred>,
  inner: readonly Definition[],
): Definition {
  const sources = new Map<string, Source>();
  const numbers = new Map<string, number>();
  const references: string[] = [];
  for (const { to } of rule.rules) {
    const referred = all.get(to);
    if (referred === undefined) continue;
    const number = sources.get(referred.id)?.number ?? sources.size;
    numbers.set(to, number);
    if (sources.has(referred.id)) continue;
    references.push(to);
    sources.set(referred.id, {
      id: referred.id,
      number,
      group_fields: rule.group_by.map((field) =>
        referred.mapField(rule.aliases.get(field)?.get(to) ?? field),
      ),
      value_fields: rule.field === undefined ? [] : referred.mapField(rule.field),
    });
  }
  const delays = inner.map(({ final, rule: { timespan_ns }, lateness_ns, delay_ns }) =>
    final ? delay_ns + timespan_ns + lateness_ns : delay_ns,
  );
  const delay_ns = delays.reduce((longest, delay) => (delay > longest ? delay : longest), 0n);
  return {
    rule,
    sources,
    chain: rule.rules.flatMap(({ to }) => numbers.get(to) ?? []),
    numberOf: (reference) => numbers.get(reference) ?? -1,
    references,
    final: isFinal(rule),
    hits_min: hitsMin(rule),
    sourceOf: ({ rule: { id } }) => sources.get(id)?.number ?? -1,
    groupKeyOf: (signal) => groupKey(signal, sources.get(signal.rule.id)?.group_fields ?? []),
    valueOf: (signal) => fieldOf(signal, sources.get(signal.rule.id)?.value_fields ?? []),
    lateness_ns: (rule.extension.lateness_ns ?? lateness_ns_default) + delay_ns,
    delay_ns,
  };
}

function hitsMin({ type, bounds, condition }: Correlation): number {
  if (condition !== undefined || (!isTemporal(type) && type !== 'event_count' && type !== 'value_count'))
    return 1;
  const least = bounds.map(({ operator, value }) => {
    if (operator === 'gte' || operator === 'eq') return value;
    return operator === 'gt' ? value + 1 : 1;
  });
  return Math.max(1, Math.ceil(Math.max(1, ...least)));
}

/** Stands between group-by values in a key. */
const separator = '\u0000';

/** The group-by values of a signal, joined; undefined when one is missing. */
export function groupKey(signal: Signal, group_fields: Source['group_fields']): string | undefined {
  let key: string | undefined;
  for (const names of group_fields) {
    const value = fieldOf(signal, names);
    if (value === undefined) return undefined;
    key = key === undefined ? value : key + separator + value;
  }
  return key ?? '';
}

/** The group-by values in a key. */
export function valuesOfKey(key: string): readonly string[] {
  return key.split(separator);
}

function isFinal({ type, bounds, condition }: Correlation): boolean {
  if (bounds.some(({ operator }) => operator !== 'gt' && operator !== 'gte')) return true;
  if (condition !== undefined) return negates(condition);
  return !isTemporal(type) && type !== 'event_count' && type !== 'value_count' && type !== 'value_sum';
}

function negates(condition: Condition): boolean {
  if (condition.kind === 'not') return true;
  return (condition.kind === 'and' || condition.kind === 'or') && condition.terms.some(negates);
}

/** The first of some fields that a signal has. */
export function fieldOf(signal: Signal, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = signal.fields[name];
    if (value !== undefined) return value;
  }
  return undefined;
}
