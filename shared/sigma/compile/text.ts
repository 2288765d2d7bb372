import { fold } from '../fold.ts';
import { item_values_max } from '../limits.ts';
import type { Report } from '../problem.ts';
import type { RuleValue } from '../rule/model.ts';
import { anyRun, joinPatterns, literalOf, parsePattern, type Pattern } from '../rule/pattern.ts';
import { base64Offsets, bytesAsPattern, utf16, windashVariants } from './encode.ts';
import { expandPlaceholders, type Placeholders } from './placeholders.ts';
import type { Plan, TextTransform } from './plan.ts';
import { decimalOf, decimalToText } from '../decimal.ts';

/** A text on its way through the modifiers: a pattern, or bytes once it is encoded in UTF-16. */
type Draft = Pattern | Buffer;

/**
 * The alternatives that one value stands for after placeholders and text modifiers, not folded yet.
 * Undefined when the value does not fit, with the reason in the report.
 */
export function textAlternatives(
  value: RuleValue,
  plan: Plan,
  placeholders: Placeholders,
  report: Report,
): readonly Pattern[] | undefined {
  const start = plan.expand ? expanded(value, placeholders, report) : [plainPattern(value)];
  let drafts: readonly Draft[] | undefined = start;
  for (const transform of plan.transforms) {
    if (drafts === undefined) return undefined;
    drafts = transformed(drafts, transform, value, report);
    if (drafts !== undefined && drafts.length > item_values_max) {
      report.add('value-too-long', value.at, `more than ${item_values_max} alternatives`);
      return undefined;
    }
  }
  return drafts?.map((draft) => (Buffer.isBuffer(draft) ? bytesAsPattern(draft) : draft));
}

/** A value as a pattern: wildcards in text, the canonical text of numbers and booleans. */
function plainPattern(value: RuleValue): Pattern {
  if (typeof value.value === 'string') return parsePattern(value.value);
  return [scalarText(value)];
}

/** The text that stands for a number or boolean of a rule. */
export function scalarText(value: RuleValue): string {
  if (typeof value.value !== 'number') return String(value.value);
  const exact = /^[-+]?\d+$/.test(value.source) ? decimalOf(value.source) : undefined;
  return decimalToText(exact ?? value.value);
}

function expanded(
  value: RuleValue,
  placeholders: Placeholders,
  report: Report,
): readonly Pattern[] | undefined {
  if (typeof value.value !== 'string') {
    report.add('modifier-value', value.at, 'expand needs text');
    return undefined;
  }
  const result = expandPlaceholders(value.value, placeholders);
  if (result.kind === 'ok') return result.patterns;
  if (result.kind === 'too_many')
    report.add('value-too-long', value.at, 'the placeholders expand to too many values');
  else report.add('placeholder-unresolved', value.at, `no list or variable is named ${result.name}`);
  return undefined;
}

function transformed(
  drafts: readonly Draft[],
  transform: TextTransform,
  value: RuleValue,
  report: Report,
): readonly Draft[] | undefined {
  switch (transform) {
    case 'contains':
      return drafts.map((draft) => joinPatterns([anyRun], asPattern(draft), [anyRun]));
    case 'startswith':
      return drafts.map((draft) => joinPatterns(asPattern(draft), [anyRun]));
    case 'endswith':
      return drafts.map((draft) => joinPatterns([anyRun], asPattern(draft)));
    case 'windash':
      return windashed(drafts, value, report);
    case 'base64':
    case 'base64offset':
    case 'wide':
    case 'utf16be':
    case 'utf16':
      return encoded(drafts, transform, value, report);
  }
}

function windashed(drafts: readonly Draft[], value: RuleValue, report: Report): readonly Draft[] | undefined {
  const all: Pattern[] = [];
  for (const draft of drafts) {
    const variants = windashVariants(asPattern(draft));
    if (variants === undefined || all.length + variants.length > item_values_max) {
      report.add('value-too-long', value.at, 'too many dashes for windash');
      return undefined;
    }
    all.push(...variants);
  }
  return all;
}

function encoded(
  drafts: readonly Draft[],
  transform: Exclude<TextTransform, 'contains' | 'startswith' | 'endswith' | 'windash'>,
  value: RuleValue,
  report: Report,
): readonly Draft[] | undefined {
  const result: Draft[] = [];
  for (const draft of drafts) {
    const text = Buffer.isBuffer(draft) ? undefined : literalOf(draft);
    if (text === undefined && !Buffer.isBuffer(draft)) {
      report.add('modifier-value', value.at, `${transform} cannot encode wildcards`);
      return undefined;
    }
    const bytes = Buffer.isBuffer(draft) ? draft : Buffer.from(text ?? '', 'utf8');
    switch (transform) {
      case 'base64':
        result.push([bytes.toString('base64')]);
        break;
      case 'base64offset':
        result.push(...base64Offsets(bytes).map((encodedText): Pattern => [encodedText]));
        break;
      case 'wide':
      case 'utf16be':
      case 'utf16':
        if (text === undefined) {
          report.add('modifier-conflict', value.at, `${transform} after another encoding`);
          return undefined;
        }
        result.push(
          utf16(text, transform === 'wide' ? 'little' : transform === 'utf16be' ? 'big' : 'little with mark'),
        );
    }
  }
  if (result.some((draft) => !Buffer.isBuffer(draft) && draft[0] === '')) {
    report.add('modifier-value', value.at, `${transform} of a text this short leaves nothing to look for`);
    return undefined;
  }
  return result;
}

function asPattern(draft: Draft): Pattern {
  return Buffer.isBuffer(draft) ? bytesAsPattern(draft) : draft;
}

/** A pattern as it is compared when case does not matter. */
export function foldPattern(pattern: Pattern): Pattern {
  return pattern.map((part) => (typeof part === 'string' ? fold(part) : part));
}
