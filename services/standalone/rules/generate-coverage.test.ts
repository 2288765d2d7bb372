import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { coveragePage, renderCoveragePage } from './generate-coverage.ts';

test('rules/COVERAGE.md is up to date: make generate', async () => {
  expect(readFileSync(coveragePage, 'utf8')).toBe(await renderCoveragePage());
});
