import type { Position } from '../problem.ts';
import type { DetectionItem, Logsource } from '../rule/model.ts';

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
  readonly rule_conditions: Conditions<RuleCondition>;
  readonly item_conditions: Conditions<ItemCondition>;
  readonly field_conditions: Conditions<FieldCondition>;
  readonly at: Position;
}

/** Conditions joined by and, or by or; none at all hold. */
export interface Conditions<Condition> {
  readonly join: 'and' | 'or';
  readonly negated: boolean;
  readonly conditions: readonly Condition[];
}

export type Transformation =
  /** A field may become several: then any of them may match. */
  | { readonly type: 'field_name_mapping'; readonly mapping: ReadonlyMap<string, readonly string[]> }
  | { readonly type: 'add_condition'; readonly items: readonly DetectionItem[]; readonly negated: boolean }
  | { readonly type: 'change_logsource'; readonly logsource: Logsource }
  | { readonly type: 'drop_detection_item' }
  /** Placeholders get their values from `vars`, or become wildcards; all of them unless some are named. */
  | {
      readonly type: 'value_placeholders' | 'wildcard_placeholders';
      readonly names: readonly string[] | undefined;
    };

export type RuleCondition =
  | { readonly type: 'logsource'; readonly logsource: Logsource }
  | { readonly type: 'contains_detection_item'; readonly field: string; readonly value: string | undefined }
  | { readonly type: 'contains_field'; readonly field: string }
  | { readonly type: 'processing_item_applied'; readonly id: string }
  | { readonly type: 'is_sigma_rule' }
  | { readonly type: 'is_sigma_correlation_rule' }
  | { readonly type: 'tag'; readonly tag: string };

export type ItemCondition =
  /** Some value, or every one, matches the regular expression at its start. */
  | { readonly type: 'match_string'; readonly matches: (text: string) => boolean; readonly every: boolean }
  | { readonly type: 'is_null'; readonly every: boolean };

export interface FieldCondition {
  readonly type: 'include_fields' | 'exclude_fields';
  readonly matches: (field: string) => boolean;
}
