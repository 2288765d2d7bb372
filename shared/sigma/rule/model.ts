import type { Level, SignalClass } from '#shared/avro/types.generated.ts';
import type { Position } from '../problem.ts';
import type { PlainValue } from '../yaml/node.ts';

/** What rules, filters and correlations have in common. */
export interface Metadata {
  /** The `id`, else the `name`, else a hash of the document: what signals carry. */
  readonly id: string;
  readonly name: string | undefined;
  readonly title: string;
  readonly level: Level;
  readonly status: string | undefined;
  readonly description: string | undefined;
  readonly author: string | undefined;
  readonly references: readonly string[];
  readonly false_positives: readonly string[];
  readonly tags: readonly string[];
  /** From `attack.*` tags: kebab-case names and upper-case ids. */
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly at: Position;
  /** SHA-256 (hex) of the document's text. */
  readonly hash: string;
}

export interface Logsource {
  readonly category?: string | undefined;
  readonly product?: string | undefined;
  readonly service?: string | undefined;
}

export const logsourceDimensions = ['category', 'product', 'service'] as const;

/** A rule for single events. */
export interface Rule extends Metadata {
  readonly kind: 'rule';
  readonly logsource: Logsource;
  readonly detection: Detection;
  readonly extension: Extension;
}

/** Narrows the rules it names, or all of its log source. */
export interface Filter extends Metadata {
  readonly kind: 'filter';
  readonly logsource: Logsource;
  readonly rules: readonly RuleReference[] | 'any';
  readonly detection: Detection;
}

export interface RuleReference {
  /** Id or name. */
  readonly to: string;
  readonly at: Position;
}

export interface Detection {
  readonly identifiers: ReadonlyMap<string, DetectionNode>;
  /** Several conditions are alternatives. */
  readonly conditions: readonly Condition[];
  readonly at: Position;
}

/** The body of an identifier. */
export type DetectionNode =
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly DetectionNode[]; readonly at: Position }
  | { readonly kind: 'item'; readonly item: DetectionItem };

/** One line of a selection: a field (none for keywords), modifiers, values. */
export interface DetectionItem {
  readonly field: string | undefined;
  readonly modifiers: readonly Modifier[];
  readonly values: readonly RuleValue[];
  readonly at: Position;
}

export interface RuleValue {
  readonly value: string | number | boolean | null;
  /** As written; keeps all digits of a number. */
  readonly source: string;
  readonly at: Position;
}

export const modifiers = [
  'contains',
  'startswith',
  'endswith',
  'all',
  'exists',
  'cased',
  'neq',
  'windash',
  're',
  'i',
  'm',
  's',
  'base64',
  'base64offset',
  'wide',
  'utf16be',
  'utf16',
  'lt',
  'lte',
  'gt',
  'gte',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'year',
  'cidr',
  'fieldref',
  'expand',
] as const;
export type Modifier = (typeof modifiers)[number];

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | { readonly kind: 'identifier'; readonly name: string; readonly at: Position }
  /** `1 of x*`, `all of them`; `count` is how many must hold, `names` what the pattern stands for, once that is fixed. */
  | {
      readonly kind: 'of';
      readonly count: number | 'all';
      readonly pattern: string;
      readonly names?: readonly string[] | undefined;
      readonly at: Position;
    };

/** The `breakwater` key of a rule: what Sigma has no word for. */
export interface Extension {
  readonly class?: SignalClass | undefined;
  /** 0 to 100. */
  readonly score?: number | undefined;
  readonly opener?: boolean | undefined;
  /** Only the first signal of its kind counts. */
  readonly first_only?: boolean | undefined;
  /** A sentence with `{field}` places. */
  readonly summary?: string | undefined;
  /** `kind:{field}` templates. */
  readonly actors?: readonly string[] | undefined;
  readonly targets?: readonly string[] | undefined;
  /** Correlations: how long after the newest signal an older one still counts. */
  readonly lateness_ns?: bigint | undefined;
  readonly tests: readonly RuleTest[];
}

/** A test that a rule carries. */
export interface RuleTest {
  readonly name: string;
  /** One event, or for correlations several, each with a time. */
  readonly events: readonly { readonly [key: string]: PlainValue }[];
  readonly matches: boolean;
  readonly at: Position;
}

export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

export const comparisonOperators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

export interface Bound {
  readonly operator: ComparisonOperator;
  readonly value: number;
}

/** A rule over the signals of other rules. */
export interface Correlation extends Metadata {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  readonly rules: readonly RuleReference[];
  readonly group_by: readonly string[];
  readonly timespan_ns: bigint;
  /** All must hold; empty only for an extended condition. */
  readonly bounds: readonly Bound[];
  /** What is counted, summed or averaged. */
  readonly field: string | undefined;
  /** 0 to 100, for `value_percentile`. */
  readonly percentile: number;
  /** Over rule ids or names; `temporal` and `temporal_ordered` only. */
  readonly condition: Condition | undefined;
  /** alias → rule reference → field. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly generate: boolean;
  readonly extension: Extension;
}
