import { expect, test } from 'vitest';
import { timeField } from './time-field.ts';

test.each([
  ['2026-11-02T08:00:00.5+01:00', '2026-11-02T07:00:00.500000000Z'],
  [1793606436, '2026-11-02T08:00:36.000000000Z'],
  ['0001-01-01T00:00:00Z', undefined],
  ['0005-01-01T00:00:00Z', undefined],
  ['9999-12-31T23:59:59Z', undefined],
  ['9999999999999999999', undefined],
  ['yesterday', undefined],
  [null, undefined],
])('%j becomes %s', (value, field) => {
  expect(timeField(value)).toBe(field);
});
