import type { Report } from '../problem.ts';
import type { DetectionItem, Modifier } from '../rule/model.ts';
import { type DatePart, dateParts } from './date-part.ts';
import type { NumberOperator } from './test.ts';

/** What a chain of modifiers asks for. */
export interface Plan {
  readonly comparison: 'text' | 'regex' | 'network' | 'number' | 'exists' | 'field';
  readonly operator: NumberOperator;
  readonly part: DatePart | undefined;
  /** Changes of the text, in the order of the chain. */
  readonly transforms: readonly TextTransform[];
  readonly flags: { readonly i: boolean; readonly m: boolean; readonly s: boolean };
  readonly all: boolean;
  readonly neq: boolean;
  readonly cased: boolean;
  readonly expand: boolean;
}

export const textTransforms = [
  'contains',
  'startswith',
  'endswith',
  'windash',
  'base64',
  'base64offset',
  'wide',
  'utf16be',
  'utf16',
] as const satisfies readonly Modifier[];
export type TextTransform = (typeof textTransforms)[number];

const numberOperators = ['lt', 'lte', 'gt', 'gte'] as const;
const affixes: readonly Modifier[] = ['contains', 'startswith', 'endswith'];
/** Modifiers that may stand with any comparison. */
const general: readonly Modifier[] = ['all', 'neq', 'expand'];

/** What each comparison allows beside itself. */
const allowed: Readonly<Record<Plan['comparison'], readonly Modifier[]>> = {
  text: [...general, ...textTransforms, 'cased'],
  regex: [...general, ...affixes, 're', 'i', 'm', 's', 'cased'],
  network: [...general, 'cidr'],
  number: [...general, ...numberOperators, ...dateParts],
  exists: ['exists', 'neq'],
  field: ['fieldref', ...affixes, 'cased', 'all', 'neq'],
};

const comparisonOf: Partial<Readonly<Record<Modifier, Plan['comparison']>>> = {
  re: 'regex',
  cidr: 'network',
  exists: 'exists',
  fieldref: 'field',
  lt: 'number',
  lte: 'number',
  gt: 'number',
  gte: 'number',
  minute: 'number',
  hour: 'number',
  day: 'number',
  week: 'number',
  month: 'number',
  year: 'number',
};
/** Modifiers that must come before all others. */
const leading: readonly Modifier[] = ['re', 'exists'];

/** Reads a chain of modifiers; undefined when it makes no sense, with the reason in the report. */
export function planOf(item: DetectionItem, report: Report): Plan | undefined {
  const { modifiers: chain, at, field } = item;
  const kinds = new Set(chain.flatMap((modifier) => comparisonOf[modifier] ?? []));
  if (kinds.size > 1) {
    report.add('modifier-conflict', at, `${chain.join('|')}: more than one way to compare`);
    return undefined;
  }
  const [comparison = 'text'] = kinds;
  if (!orderly(item, comparison, report)) return undefined;
  if (field === undefined && comparison !== 'text' && comparison !== 'regex') {
    report.add('modifier-order', at, `${chain.join('|')} needs a field`);
    return undefined;
  }
  const has = (modifier: Modifier): boolean => chain.includes(modifier);
  if (has('all') && item.values.length === 1) {
    report.add('modifier-useless', at, 'all with a single value');
  }
  return {
    comparison,
    operator: numberOperators.find(has) ?? 'eq',
    part: dateParts.find(has),
    transforms: chain.flatMap((modifier) => textTransforms.find((transform) => transform === modifier) ?? []),
    flags: { i: has('i'), m: has('m'), s: has('s') },
    all: has('all'),
    neq: has('neq'),
    cased: has('cased'),
    expand: has('expand'),
  };
}

function orderly(item: DetectionItem, comparison: Plan['comparison'], report: Report): boolean {
  const { modifiers: chain, at } = item;
  const foreign = chain.find((modifier) => !allowed[comparison].includes(modifier));
  if (foreign !== undefined) {
    const needsRegex = foreign === 'i' || foreign === 'm' || foreign === 's';
    const message = needsRegex
      ? `${foreign} needs re before it`
      : `${foreign} cannot stand with ${comparison} comparison`;
    report.add('modifier-conflict', at, message);
    return false;
  }
  const late = leading.find((modifier) => chain.indexOf(modifier) > 0);
  if (late !== undefined) {
    report.add('modifier-order', at, `${late} must be the first modifier`);
    return false;
  }
  const twice = chain.find((modifier, index) => chain.indexOf(modifier) !== index);
  if (twice !== undefined) report.add('modifier-useless', at, `${twice} stands twice`);
  if (count(chain, numberOperators) > 1 || count(chain, dateParts) > 1) {
    report.add('modifier-conflict', at, `${chain.join('|')}: more than one way to compare`);
    return false;
  }
  return true;
}

function count(chain: readonly Modifier[], group: readonly Modifier[]): number {
  return new Set(chain.filter((modifier) => group.includes(modifier))).size;
}
