import type { Report } from '../problem.ts';
import { compileRegex } from '../regex/regex.ts';
import { RegexProblem } from '../regex/syntax.ts';
import type { Logsource } from '../rule/model.ts';
import { readBoolean, readText, readTexts, readWord } from '../rule/read.ts';
import { entryOf, type YamlMap } from '../yaml/node.ts';
import type { Conditions, FieldCondition, ItemCondition, RuleCondition } from './model.ts';

type ReadOne<Condition> = (node: YamlMap, report: Report) => Condition | undefined;

/** Readers of the three kinds of conditions; undefined when one is not supported. */
export function readRuleConditions(node: YamlMap, report: Report): Conditions<RuleCondition> | undefined {
  return readConditions(node, 'rule_conditions', 'rule_cond', readRuleCondition, report);
}

export function readItemConditions(node: YamlMap, report: Report): Conditions<ItemCondition> | undefined {
  return readConditions(node, 'detection_item_conditions', 'detection_item_cond', readItemCondition, report);
}

export function readFieldConditions(node: YamlMap, report: Report): Conditions<FieldCondition> | undefined {
  return readConditions(node, 'field_name_conditions', 'field_name_cond', readFieldCondition, report);
}

function readConditions<Condition>(
  node: YamlMap,
  key: string,
  prefix: string,
  readOne: ReadOne<Condition>,
  report: Report,
): Conditions<Condition> | undefined {
  const expression = entryOf(node, `${prefix}_expr`) ?? entryOf(node, `${prefix}_expression`);
  if (expression !== undefined) {
    report.add('pipeline-unsupported', expression.at, `${prefix}_expr: use ${prefix}_op and ${prefix}_not`);
    return undefined;
  }
  const list = entryOf(node, key);
  if (list !== undefined && list.kind !== 'list') {
    report.add('pipeline-unsupported', list.at, `${key} must be a list`);
    return undefined;
  }
  const nodes = list?.items ?? [];
  const conditions = nodes.flatMap((item) => (item.kind === 'map' ? (readOne(item, report) ?? []) : []));
  if (conditions.length !== nodes.length) return undefined;
  return {
    join: readWord(node, `${prefix}_op`, ['and', 'or'], report) ?? 'and',
    negated: readBoolean(node, `${prefix}_not`, report) ?? false,
    conditions,
  };
}

function readRuleCondition(node: YamlMap, report: Report): RuleCondition | undefined {
  const type = readText(node, 'type', report);
  switch (type) {
    case 'logsource':
      return { type, logsource: readLogsourceKeys(node, report) };
    case 'contains_detection_item':
      return { type, field: readText(node, 'field', report) ?? '', value: readText(node, 'value', report) };
    case 'contains_field':
      return { type, field: readText(node, 'field', report) ?? '' };
    case 'processing_item_applied':
      return { type, id: readText(node, 'processing_item_id', report) ?? '' };
    case 'is_sigma_rule':
    case 'is_sigma_correlation_rule':
      return { type };
    case 'tag':
      return { type, tag: readText(node, 'tag', report) ?? '' };
    case undefined:
    default:
      return unsupported(node, type, report);
  }
}

function readItemCondition(node: YamlMap, report: Report): ItemCondition | undefined {
  const type = readText(node, 'type', report);
  const every = readText(node, 'cond', report) === 'all';
  if (type === 'is_null') return { type, every };
  if (type !== 'match_string') return unsupported(node, type, report);
  const matches = startMatcher(readText(node, 'pattern', report) ?? '', node, report);
  if (matches === undefined) return undefined;
  const negate = readBoolean(node, 'negate', report) ?? false;
  return { type, every, matches: negate ? (text) => !matches(text) : matches };
}

function readFieldCondition(node: YamlMap, report: Report): FieldCondition | undefined {
  const type = readText(node, 'type', report);
  if (type !== 'include_fields' && type !== 'exclude_fields') return unsupported(node, type, report);
  const names = readTexts(node, 'fields', report);
  if (readText(node, 'mode', report) !== 're') return { type, matches: (field) => names.includes(field) };
  const matchers = names.map((name) => startMatcher(name, node, report));
  const usable = matchers.flatMap((matcher) => matcher ?? []);
  if (usable.length !== matchers.length) return undefined;
  return { type, matches: (field) => usable.some((matches) => matches(field)) };
}

function unsupported(node: YamlMap, type: string | undefined, report: Report): undefined {
  report.add('pipeline-unsupported', node.at, `condition ${type ?? 'without type'}`);
  return undefined;
}

/** Python's `re.match`: at the start of the text, not necessarily to its end. */
function startMatcher(
  pattern: string,
  node: YamlMap,
  report: Report,
): ((text: string) => boolean) | undefined {
  try {
    const regex = compileRegex(`\\A(?:${pattern})`, { i: false, m: false, s: false });
    return (text) => regex.test(text);
  } catch (error) {
    if (!(error instanceof RegexProblem)) throw error;
    report.add(error.code, node.at, error.message);
    return undefined;
  }
}

export function readLogsourceKeys(node: YamlMap, report: Report): Logsource {
  return {
    category: readText(node, 'category', report)?.toLowerCase(),
    product: readText(node, 'product', report)?.toLowerCase(),
    service: readText(node, 'service', report)?.toLowerCase(),
  };
}
