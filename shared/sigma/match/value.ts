import { decimalOf, decimalToText, type Decimal } from '../decimal.ts';

/** A single value of an event's field. */
export type Scalar = string | number | boolean | null;

export function isScalar(value: unknown): value is Scalar {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}

/** An object of an event. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an event has under a field: arrays are flattened, objects are there but have no value. */
export interface FieldValues {
  readonly present: boolean;
  readonly values: readonly Scalar[];
}

/** The text that stands for a value in comparisons with text; null has none. */
export function textOf(value: Scalar): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : decimalToText(value);
  return value === null ? undefined : String(value);
}

/** The number that a value is or spells; booleans and null are none. */
export function numberOf(value: Scalar): Decimal | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? decimalOf(value) : undefined;
}
