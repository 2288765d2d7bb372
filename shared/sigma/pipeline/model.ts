import type { Modifier } from '../rule/model.ts';
import type { Logsource, RuleValue } from '../rule/model.ts';
import type { Position } from '../problem.ts';

/** A pySigma processing pipeline: changes that rules undergo before they are compiled. */
export interface Pipeline {
  readonly name: string;
  /** Pipelines apply in ascending order of priority, then of name. */
  readonly priority: number;
  /** Values for placeholders. */
  readonly vars: ReadonlyMap<string, readonly string[]>;
  readonly items: readonly PipelineItem[];
  readonly at: Position;
}

/** One transformation with the conditions under which it applies. */
export interface PipelineItem {
  readonly id: string | undefined;
  readonly transformation: Transformation;
  readonly rule: Conditions<RuleCondition>;
  readonly item: Conditions<ItemCondition>;
  readonly field: Conditions<FieldCondition>;
  readonly at: Position;
}

export interface Conditions<Condition> {
  readonly all: boolean;
  readonly negated: boolean;
  readonly conditions: readonly Condition[];
}

export type Transformation =
  | { readonly type: 'field_name_mapping'; readonly mapping: ReadonlyMap<string, readonly string[]> }
  | { readonly type: 'field_name_prefix_mapping'; readonly mapping: ReadonlyMap<string, readonly string[]> }
  | { readonly type: 'field_name_prefix'; readonly prefix: string }
  | { readonly type: 'field_name_suffix'; readonly suffix: string }
  | {
      readonly type: 'add_condition';
      readonly conditions: readonly AddedCondition[];
      readonly negated: boolean;
      readonly template: boolean;
    }
  | { readonly type: 'change_logsource'; readonly logsource: Logsource }
  | { readonly type: 'drop_detection_item' }
  | { readonly type: 'replace_string'; readonly pattern: string; readonly replacement: string }
  /** Resolve placeholders from `vars`, or turn them into wildcards; all of them unless some are named. */
  | {
      readonly type: 'value_placeholders' | 'wildcard_placeholders';
      readonly names: readonly string[] | undefined;
    }
  | { readonly type: 'rule_failure'; readonly message: string };

export interface AddedCondition {
  readonly field: string;
  readonly modifiers: readonly Modifier[];
  readonly values: readonly RuleValue[];
}

export type RuleCondition =
  | { readonly type: 'logsource'; readonly logsource: Logsource }
  | { readonly type: 'contains_detection_item'; readonly field: string; readonly value: string | undefined }
  | { readonly type: 'contains_field'; readonly field: string }
  | { readonly type: 'processing_item_applied'; readonly id: string }
  | { readonly type: 'is_sigma_rule' | 'is_sigma_correlation_rule' }
  | { readonly type: 'tag'; readonly tag: string }
  | { readonly type: 'rule_attribute'; readonly attribute: string; readonly value: string };

export type ItemCondition =
  | { readonly type: 'match_string'; readonly pattern: RegExp; readonly every: boolean }
  | { readonly type: 'is_null' };

export interface FieldCondition {
  readonly type: 'include_fields' | 'exclude_fields';
  /** Patterns when `matches` is set, else exact names. */
  readonly fields: readonly string[];
  readonly patterns: readonly RegExp[] | undefined;
}
