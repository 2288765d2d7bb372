import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { families } from '../../../schemas/topics/topics.ts';
import { allFormats } from './all-formats.ts';
import { formatsPage, guides, renderFormatsPage } from './generate-formats.ts';

test('every format is in the guide, and nothing else is', () => {
  const formats = allFormats();
  for (const family of families) {
    expect(Object.keys(guides[family]).toSorted()).toEqual(
      formats[family].map(({ name }) => name).toSorted(),
    );
  }
});

test('docs/formats.md is up to date: make generate', () => {
  expect(readFileSync(formatsPage, 'utf8')).toBe(renderFormatsPage());
});
