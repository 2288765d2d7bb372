import { expect, test } from 'vitest';
import { forwardedFor } from './forwarded.ts';

test.each([
  ['203.0.113.66', '203.0.113.66'],
  ['203.0.113.66, 10.20.0.11', '203.0.113.66'],
  ['203.0.113.66:51442,10.20.0.11:80', '203.0.113.66'],
  ['[2001:db8::7]:443', '2001:db8::7'],
  ['10.20.0.11, 127.0.0.1', undefined],
  ['unknown', undefined],
  ['', undefined],
])('%j names %j', (header, client) => {
  expect(forwardedFor(header)).toBe(client);
});

test('whom the client claims to be does not hide whom the first proxy saw', () => {
  expect(forwardedFor('192.0.2.1, 198.51.100.77, 10.20.0.11')).toBe('198.51.100.77');
});

test('a header of any length is read in bounded time', () => {
  expect(forwardedFor(`${'10.0.0.1,'.repeat(100_000)}203.0.113.66`)).toBeUndefined();
});
