import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFile, renderTypes } from './generate.ts';

test('the generated types are those of the schemas (else run `make generate`)', () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(renderTypes());
});
