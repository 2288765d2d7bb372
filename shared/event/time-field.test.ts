import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTimeField, timeField } from './time-field.ts';
import { parseTime } from './time.ts';

test.each([
  ['2026-11-02T08:00:00.5+01:00', '2026-11-02T07:00:00.500000000Z'],
  ['2026-11-02T08:00:00.5Z', '2026-11-02T08:00:00.5Z'],
  ['2026-11-02T08:00:00Z', '2026-11-02T08:00:00Z'],
  ['2026-02-31T08:00:60Z', '2026-03-03T08:01:00.000000000Z'],
  ['2026/11/02 08:00:00', '2026-11-02T08:00:00.000000000Z'],
  ['2026-11-02T08:00:00.5+01:00Z', '2026-11-02T07:00:00.500000000Z'],
  ['2026-11/02T08:00:00Z', '2026-11-02T08:00:00.000000000Z'],
  ['2026-11-02T08:00:00.1234567891Z', '2026-11-02T08:00:00.123456789Z'],
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

test('keeps what it would write, and nothing that it would not read', () => {
  const text = fc.stringMatching(
    /^(?:19[67]\d|2\d{3})-[01]\d-[0-3]\d[T ][0-2]\d:[0-6]\d:[0-6]\d(?:\.\d{0,10})?Z?$/,
  );
  fc.assert(
    fc.property(text, (written) => {
      const field = timeField(written);
      expect(parseTime(field)).toBe(parseTime(readTimeField(parseTime(written))));
      if (field !== undefined) {
        expect(field).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,9})?Z$/);
      }
    }),
  );
});

test.each([
  [1_793_606_400_000_000_001n, '2026-11-02T08:00:00.000000001Z'],
  [undefined, undefined],
  [-1n, undefined],
  [9_300_000_000_000_000_000n, undefined],
])('%s, read already, is %s', (time_ns, field) => {
  expect(readTimeField(time_ns)).toBe(field);
});
