import { fieldsOf } from '../compile/test.ts';
import { conflicts, logsourceText } from '../logsource.ts';
import type { Logsource } from '../rule/model.ts';
import type { CompiledRule, RuleSet } from '../set/rule-set.ts';

/** What keeps a rule from ever firing on our events. */
export interface ConversionGap {
  readonly rule_id: string;
  readonly title: string;
  readonly file: string;
  /** Set when no event of ours comes from the rule's log source. */
  readonly unreachable_logsource: string | undefined;
  /** Fields that no event of ours has, after the mappings. */
  readonly unknown_fields: readonly string[];
}

/** What is known of our events. */
export interface EventModel {
  /** Every log source that an event can have. */
  readonly logsources: readonly Logsource[];
  readonly hasField: (name: string) => boolean;
}

/** The rules that pipelines do not map to our events, with what is missing. */
export function conversionGaps(set: RuleSet, model: EventModel): readonly ConversionGap[] {
  return set.rules.map((compiled) => gapOf(compiled, model)).filter((gap) => gap !== undefined);
}

function gapOf({ rule, expression }: CompiledRule, model: EventModel): ConversionGap | undefined {
  const reachable = model.logsources.some((logsource) => !conflicts(rule.logsource, logsource));
  const unknown_fields = [...fieldsOf(expression)].filter((field) => !model.hasField(field)).sort();
  if (reachable && unknown_fields.length === 0) return undefined;
  return {
    rule_id: rule.id,
    title: rule.title,
    file: rule.at.file,
    unreachable_logsource: reachable ? undefined : logsourceText(rule.logsource),
    unknown_fields,
  };
}
