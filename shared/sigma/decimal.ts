/** A number as rules and events compare it; integers that a double cannot hold are bigints. */
export type Decimal = number | bigint;

const integerText = /^[-+]?\d+$/;
const decimalText = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
/** Digits beyond which text is not taken for a number. */
const decimal_digits_max = 400;

/** The decimal that a text spells; undefined when it spells none (spaces around it are not allowed). */
export function decimalOf(text: string): Decimal | undefined {
  if (text.length > decimal_digits_max || !decimalText.test(text)) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) || !integerText.test(text)) {
    return Number.isFinite(number) ? number : undefined;
  }
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** The one text that stands for a number when numbers and texts are compared for equality: no exponent, no `+`, no `-0`. */
export function decimalToText(value: Decimal): string {
  if (typeof value === 'bigint') return value.toString();
  const text = String(value);
  if (value === 0) return '0';
  if (!text.includes('e')) return text;
  return Number.isInteger(value) ? BigInt(value).toString() : expanded(text);
}

function expanded(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '');
  return `${sign}0.${'0'.repeat(Math.max(0, -Number(exponent) - 1))}${digits}`;
}
