import { expect, test } from 'vitest';
import { baseName, fileAt } from './file-path.ts';

test.each([
  ['/usr/bin/dash', 'dash'],
  ['dash', 'dash'],
  ['/tmp/', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s ends in %s', (path, name) => {
  expect(baseName(path)).toBe(name);
});

test('a file has a path at least', () => {
  expect(fileAt('/tmp/')).toEqual({ path: '/tmp/' });
  expect(fileAt(undefined)).toBeUndefined();
});
