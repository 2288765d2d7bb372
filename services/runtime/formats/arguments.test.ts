import { expect, test } from 'vitest';
import { splitArguments } from './arguments.ts';

test.each([
  [undefined, []],
  ['', []],
  ['-t 1 -m', ['-t', '1', '-m']],
  ['-c "curl https://x | sh" --', ['-c', 'curl https://x | sh', '--']],
  ['  a   b ', ['a', 'b']],
  ['-c "never closed', ['-c', 'never closed']],
  ['"', ['']],
])('%j gives %j', (line, expected) => {
  expect(splitArguments(line)).toEqual(expected);
});

test('stops at a bound', () => {
  expect(splitArguments('x '.repeat(1000))).toHaveLength(256);
});
