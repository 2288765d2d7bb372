import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Source {
  readonly name: string;
  readonly text: string;
}

function sourcesOf(folder: string): Source[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

function importsOf({ text }: Source): string[] {
  return [...text.matchAll(/from '([^']+)'/g)].flatMap(([, target]) => target ?? []);
}

const verifier = sourcesOf(import.meta.dirname);
const evidence = sourcesOf(join(import.meta.dirname, '../evidence'));

test('the verifier can be read in one sitting', () => {
  const lines = verifier.reduce((total, { text }) => total + text.split('\n').length, 0);
  expect(lines).toBeLessThan(800);
});

test('the verifier needs nothing but node:crypto and node:fs', () => {
  const outside = verifier.flatMap(importsOf).filter((target) => !target.startsWith('./'));
  expect(outside.filter((target) => target !== 'node:crypto' && target !== 'node:fs')).toEqual([]);
});

test('what reads leaves and bundles needs nothing but the verifier', () => {
  const outside = evidence
    .flatMap(importsOf)
    .filter((target) => !/^(?:\.|\.\.\/verify)\/[a-z-]+\.ts$/.test(target));
  expect(outside.filter((target) => target !== 'node:crypto' && target !== 'node:fs')).toEqual([]);
});
