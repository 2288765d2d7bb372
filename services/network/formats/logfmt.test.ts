import { expect, test } from 'vitest';
import { readLogfmt } from './logfmt.ts';

test('reads bare and quoted values', () => {
  const pairs = readLogfmt('src.addr=10.0.0.1:80 error="policy rejection: none = allowed" duration="2ms"');
  expect([...pairs]).toEqual([
    ['src.addr', '10.0.0.1:80'],
    ['error', 'policy rejection: none = allowed'],
    ['duration', '2ms'],
  ]);
});

test('starts where it is told to', () => {
  const line = 'took=1 log src.addr=10.0.0.1:80';
  expect([...readLogfmt(line, line.indexOf('src.'))]).toEqual([['src.addr', '10.0.0.1:80']]);
});

test('what is open at the end of the line ends there', () => {
  expect([...readLogfmt('a= b="open')]).toEqual([
    ['a', ''],
    ['b', 'open'],
  ]);
});

test('the number of pairs is bounded', () => {
  const line = Array.from({ length: 10_000 }, (_, index) => `k${index}=v`).join(' ');
  expect(readLogfmt(line).size).toBeLessThan(200);
});
