import { type DetectionItem, type DetectionNode, logsourceDimensions, type Rule } from '../rule/model.ts';
import type { Conditions, FieldCondition, ItemCondition, RuleCondition } from './model.ts';

function hold<Condition>(
  { join, negated, conditions }: Conditions<Condition>,
  test: (one: Condition) => boolean,
): boolean {
  if (conditions.length === 0) return true;
  const holds = join === 'and' ? conditions.every(test) : conditions.some(test);
  return holds !== negated;
}

export function ruleConditionsHold(
  conditions: Conditions<RuleCondition>,
  rule: Rule,
  applied: ReadonlySet<string>,
): boolean {
  return hold(conditions, (condition) => ruleConditionHolds(condition, rule, applied));
}

function ruleConditionHolds(condition: RuleCondition, rule: Rule, applied: ReadonlySet<string>): boolean {
  switch (condition.type) {
    case 'logsource':
      return logsourceDimensions.every((dimension) => {
        const wanted = condition.logsource[dimension];
        return wanted === undefined || wanted === rule.logsource[dimension];
      });
    case 'contains_detection_item':
      return itemsOf(rule).some(
        (item) =>
          item.field === condition.field &&
          (condition.value === undefined || item.values.some((value) => value.source === condition.value)),
      );
    case 'contains_field':
      return itemsOf(rule).some((item) => item.field === condition.field);
    case 'processing_item_applied':
      return applied.has(condition.id);
    case 'is_sigma_rule':
      return true;
    case 'is_sigma_correlation_rule':
      return false;
    case 'tag':
      return rule.tags.includes(condition.tag);
  }
}

export function itemConditionsHold(conditions: Conditions<ItemCondition>, item: DetectionItem): boolean {
  return hold(conditions, (condition) => {
    const test = (value: DetectionItem['values'][number]): boolean =>
      condition.type === 'is_null'
        ? value.value === null
        : typeof value.value === 'string' && condition.matches(value.value);
    return condition.every ? item.values.every(test) : item.values.some(test);
  });
}

export function fieldConditionsHold(conditions: Conditions<FieldCondition>, field: string): boolean {
  return hold(conditions, ({ type, matches }) => matches(field) === (type === 'include_fields'));
}

function itemsOf(rule: Rule): readonly DetectionItem[] {
  return [...rule.detection.identifiers.values()].flatMap(itemsOfNode);
}

function itemsOfNode(node: DetectionNode): readonly DetectionItem[] {
  return node.kind === 'item' ? [node.item] : node.nodes.flatMap(itemsOfNode);
}
