import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from './json.ts';
import { formatTime, fromMilliseconds, parseTime, resolveTime } from './time.ts';

function normal(value: JsonValue): string | undefined {
  const time_ns = parseTime(value);
  return time_ns === undefined ? undefined : formatTime(time_ns);
}

describe('parseTime', () => {
  test.each<[JsonValue, string]>([
    ['2026-11-02T08:00:01Z', '2026-11-02T08:00:01.000000000Z'],
    ['2026-11-02T08:00:01.123Z', '2026-11-02T08:00:01.123000000Z'],
    ['2026-11-02T08:00:01.123456Z', '2026-11-02T08:00:01.123456000Z'],
    ['2026-11-02T08:00:01.1234567Z', '2026-11-02T08:00:01.123456700Z'],
    ['2026-11-02T08:00:01.12345678Z', '2026-11-02T08:00:01.123456780Z'],
    ['2026-11-02T08:00:01.123456789Z', '2026-11-02T08:00:01.123456789Z'],
    ['2026-11-02T08:00:01.12345678912Z', '2026-11-02T08:00:01.123456789Z'],
    ['2021-08-25T12:20:30.000005+06:00', '2021-08-25T06:20:30.000005000Z'],
    ['2021-08-25T12:20:30.000005+0100', '2021-08-25T11:20:30.000005000Z'],
    ['2021-08-25T12:20:30-07', '2021-08-25T19:20:30.000000000Z'],
    ['2019-01-02T03:50:11.315110', '2019-01-02T03:50:11.315110000Z'],
    ['2022-11-29 00:09:04.38', '2022-11-29T00:09:04.380000000Z'],
    ['2021/03/01 20:35:54', '2021-03-01T20:35:54.000000000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000000Z'],
    ['Tue Mar 23 13:10:52 2021', '2021-03-23T13:10:52.000000000Z'],
    ['Tue Sep 30 17:37:30 2014 UTC', '2014-09-30T17:37:30.000000000Z'],
    ['Thu Jan  5 07:08:09 2023', '2023-01-05T07:08:09.000000000Z'],
    ['Tue, 23 Mar 2021 13:10:52 GMT', '2021-03-23T13:10:52.000000000Z'],
    [1606854606, '2020-12-01T20:30:06.000000000Z'],
    [1606854606.123456, '2020-12-01T20:30:06.123456000Z'],
    ['1606854606.123456789', '2020-12-01T20:30:06.123456789Z'],
    [1606854606123, '2020-12-01T20:30:06.123000000Z'],
    [1606854606123456, '2020-12-01T20:30:06.123456000Z'],
    ['1606854606123456789', '2020-12-01T20:30:06.123456789Z'],
    [{ seconds: 1606854606, nanos: 5 }, '2020-12-01T20:30:06.000000005Z'],
    [{ seconds: '1606854606' }, '2020-12-01T20:30:06.000000000Z'],
  ])('%j', (value, expected) => {
    expect(normal(value)).toBe(expected);
  });

  test.each<[JsonValue]>([
    [''],
    ['-'],
    ['0001-01-01T00:00:00Z'],
    [0],
    ['0'],
    ['1970-01-01T00:00:00Z'],
    ['2026-13-02T08:00:01Z'],
    ['2026-11-02T25:00:01Z'],
    ['2026-11-02T08:00:01.Z'],
    ['2026-11-02T08:00:01Zulu'],
    ['yesterday'],
    [null],
    [true],
    [[]],
    [{}],
    [-5],
    [1e300],
  ])('%j is absent', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });

  test('counts days as the calendar does', () => {
    const date = fc.tuple(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 31 }),
    );
    fc.assert(
      fc.property(date, ([year, month, day]) => {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const ms = new Date(0).setUTCFullYear(year, month - 1, day);
        fc.pre(ms !== 0 && ms !== Date.UTC(1, 0, 1));
        expect(parseTime(text)).toBe(BigInt(ms) * 1_000_000n);
      }),
    );
  });

  test('reads what formatTime writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 9_000_000_000_000_000_000n }), (time_ns) => {
        expect(parseTime(formatTime(time_ns))).toBe(time_ns);
      }),
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.+Z-]*$/)),
        (value) => {
          expect(['bigint', 'undefined']).toContain(typeof parseTime(value));
        },
      ),
    );
  });
});

describe('resolveTime', () => {
  const arrival_ns = fromMilliseconds(Date.UTC(2026, 10, 2, 8));
  const minute_ns = 60_000_000_000n;

  test('keeps a late time and a slightly future one', () => {
    expect(resolveTime(arrival_ns - 30n * minute_ns, arrival_ns)).toEqual({
      time_ns: arrival_ns - 30n * minute_ns,
      source: 'tool',
      skew_ms: 1_800_000,
    });
    expect(resolveTime(arrival_ns + minute_ns, arrival_ns)).toMatchObject({
      source: 'tool',
      skew_ms: -60_000,
    });
  });

  test('takes the arrival when there is none, or an impossible one', () => {
    expect(resolveTime(undefined, arrival_ns)).toEqual({
      time_ns: arrival_ns,
      source: 'broker',
      skew_ms: undefined,
    });
    for (const impossible of ['9999-01-01T00:00:00Z', '1971-01-01T00:00:00Z', '2026-11-02T08:20:00Z']) {
      expect(resolveTime(parseTime(impossible), arrival_ns)).toMatchObject({
        time_ns: arrival_ns,
        source: 'clamped',
      });
    }
  });
});
