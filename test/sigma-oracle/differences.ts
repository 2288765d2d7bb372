import type { Flat, Scalar } from './tasks.ts';

/** A verdict that is not the same on both sides. */
export interface Difference {
  readonly task: string;
  readonly detection: Readonly<Record<string, unknown>>;
  readonly event: Flat;
  readonly ours: boolean;
}

/** Why the two may differ; the first reason that fits is the reason. */
export interface Reason {
  readonly name: string;
  readonly decision: string;
  readonly fits: (difference: Difference) => boolean;
}

const keyOf = ({ detection }: Difference): string => Object.keys(Object(detection.s))[0] ?? '';
const chainOf = (difference: Difference): readonly string[] => keyOf(difference).split('|').slice(1);
const uses = (difference: Difference, ...modifiers: readonly string[]): boolean =>
  chainOf(difference).some((modifier) => modifiers.includes(modifier));
const ruleValues = (difference: Difference): readonly unknown[] =>
  Object.values(Object(difference.detection.s)).flat();
const eventValues = ({ event }: Difference): readonly Scalar[] => Object.values(event);
const isText = (value: unknown): boolean => typeof value === 'string';

export const reasons: readonly Reason[] = [
  {
    name: 'Presence of null',
    decision: 'A field that holds null exists. In a database row null and absence are the same.',
    fits: (difference) => uses(difference, 'exists') && eventValues(difference).includes(null),
  },
  {
    name: 'Networks as text',
    decision: 'An address is parsed and compared by its bits. There, a network becomes text patterns.',
    fits: (difference) => uses(difference, 'cidr'),
  },
  {
    name: 'Booleans',
    decision: 'true is the text true, not the number 1. SQLite has no booleans.',
    fits: (difference) =>
      [...ruleValues(difference), ...eventValues(difference)].some((value) => typeof value === 'boolean'),
  },
  {
    name: 'Numbers against text',
    decision:
      'A number equals the text that spells it; text that is no number is neither less nor greater than one. SQLite keeps the types apart and puts all text after all numbers.',
    fits: (difference) => {
      const mixed = ruleValues(difference).some((value) =>
        eventValues(difference).some(
          (other) => isText(value) !== isText(other) || uses(difference, 'fieldref'),
        ),
      );
      return mixed || uses(difference, 'lt', 'lte', 'gt', 'gte');
    },
  },
  {
    name: 'Case beyond ASCII',
    decision: 'Case is folded for all of Unicode. SQLite folds A to Z.',
    fits: (difference) =>
      [...ruleValues(difference), ...eventValues(difference)].some(
        (value) => typeof value === 'string' && /[^\0-\x7f]/.test(value),
      ),
  },
  {
    name: 'Parts of dates',
    decision:
      'Dates are RFC 3339 text or epoch numbers, in UTC; weeks are those of ISO 8601. SQLite reads numbers as Julian days.',
    fits: (difference) => uses(difference, 'minute', 'hour', 'day', 'week', 'month', 'year'),
  },
];

export function reasonOf(difference: Difference): Reason | undefined {
  return reasons.find(({ fits }) => fits(difference));
}
