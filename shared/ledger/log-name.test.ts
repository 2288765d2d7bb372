import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anchorPrefix, logName, logPrefix, parseLogName, shardOf, tenantOf } from './log-name.ts';

test('a shard is a quarter in UTC', () => {
  expect(shardOf(Date.UTC(2026, 11, 31, 23, 59))).toBe('2026q4');
  expect(shardOf(Date.UTC(2027, 0, 1))).toBe('2027q1');
});

test('a log is named after its tenant', () => {
  expect(logName(logPrefix('default'), '2026q4')).toBe('default-2026q4');
  expect(logName(logPrefix('acme/prod'), '2026q4')).toBe('acme~2fprod-2026q4');
  expect(logPrefix(anchorPrefix)).not.toBe(anchorPrefix);
  expect(tenantOf(anchorPrefix)).toBeUndefined();
  expect(parseLogName('lock')).toBeUndefined();
});

test('any tenant has a name of its own that is safe as a folder', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (tenant) => {
      const prefix = logPrefix(tenant);
      expect(prefix).toMatch(/^[a-zA-Z0-9_~-]+$/);
      expect(parseLogName(logName(prefix, '2026q4'))).toEqual({ prefix, shard: '2026q4' });
      expect(tenantOf(prefix)).toBe(tenant);
    }),
  );
});
