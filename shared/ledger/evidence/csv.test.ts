import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine, isoTime } from './csv.ts';

test('a time is the date of its millisecond and three more digits', () => {
  const times = fc.oneof(
    fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }),
    fc.bigInt({ min: -8_640_000_000_000_000_000n, max: 8_640_000_000_000_000_000n }),
  );
  fc.assert(
    fc.property(times, (time_us) => {
      const rest = ((time_us % 1000n) + 1000n) % 1000n;
      const date = new Date(Number((time_us - rest) / 1000n)).toISOString();
      expect(isoTime(String(time_us))).toBe(`${date.slice(0, -1)}${String(rest).padStart(3, '0')}Z`);
    }),
  );
});

test('a time beyond all dates is shown as it is', () => {
  expect(isoTime('99999999999999999999')).toBe('99999999999999999999');
});

test('cells are quoted where they must be, and never a formula', () => {
  expect(csvLine(['plain', 'a,b', 'say "x"', '=1+1', '-1', '@a,b', 'two\nlines', ''])).toBe(
    'plain,"a,b","say ""x""",\'=1+1,\'-1,"\'@a,b","two\nlines",\r\n',
  );
});
