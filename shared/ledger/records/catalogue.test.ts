import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue, catalogueHash, recordType } from './catalogue.ts';

const root = join(import.meta.dirname, '../../..');
/** What describes records, or reads them, says nothing of who writes them. */
const others =
  /\.test\.ts$|\/testing\/|^shared\/ledger\/(?:evidence|records|controls|verify)\/|^shared\/ledger\/incident\/(?:report|sentence|membership)/;
const writers = globSync('{services,shared}/**/*.ts', { cwd: root })
  .filter((file) => !others.test(file))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

describe('the catalogue of records', () => {
  test.each(Object.keys(catalogue))('%s is written somewhere', (type) => {
    expect(writers).toContain(type.endsWith('*') ? `'${type.slice(0, -1)}` : `'${type}'`);
  });

  test('knows every type that is written', () => {
    const types = [...writers.matchAll(/\b(?:audit_)?type: '([a-z]+\.[a-z_]+)'/g)].map(
      ([, type = '']) => type,
    );
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter((type) => recordType(type) === undefined)).toEqual([]);
  });

  test('has a hash that changes with what it says', () => {
    expect(catalogueHash()).toMatch(/^[0-9a-f]{64}$/);
    expect(catalogueHash()).toBe(catalogueHash());
  });
});
