import { describe, expect, test } from 'vitest';
import type { ContextInterval } from '#shared/context/port.ts';
import { parseTime } from '#shared/event/time.ts';
import { intervalAt } from './enrich.ts';

const second_ns = 1_000_000_000n;
const start = parseTime('2026-11-02T08:00:00Z') ?? 0n;

function interval(from_s: number, to_s: number | undefined, name: string): ContextInterval {
  return {
    from_ns: start + BigInt(from_s) * second_ns,
    to_ns: to_s === undefined ? undefined : start + BigInt(to_s) * second_ns,
    value: { name },
  };
}

function nameAt(intervals: readonly ContextInterval[], at_s: number): string | undefined {
  return intervalAt(intervals, start + BigInt(at_s) * second_ns)?.value['name'];
}

describe('who had an address, as of a time', () => {
  const given = [interval(0, 60, 'first'), interval(70, 120, 'second'), interval(300, undefined, 'third')];

  test.each([
    [0, 'first'],
    [59, 'first'],
    [70, 'second'],
    [1000, 'third'],
    [200, undefined],
    [-100, undefined],
  ])('%i s', (at_s, name) => {
    expect(nameAt(given, at_s)).toBe(name);
  });

  test('clocks may differ by some seconds', () => {
    expect(nameAt(given, 62)).toBe('first');
    expect(nameAt(given, 68)).toBe('second');
    expect(nameAt(given, 297)).toBe('third');
  });

  test('an interval that holds beats one that is near, and the newest of those that hold wins', () => {
    expect(nameAt([interval(0, 60, 'near'), interval(30, 100, 'holds')], 61)).toBe('holds');
    expect(nameAt([interval(0, undefined, 'old'), interval(30, undefined, 'new')], 61)).toBe('new');
    expect(nameAt([interval(30, undefined, 'new'), interval(0, undefined, 'old')], 61)).toBe('new');
  });
});
