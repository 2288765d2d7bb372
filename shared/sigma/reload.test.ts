import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRules } from './reload.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-rules-'));
});
afterEach(() => rm(folder, { recursive: true }));

const rule = (title: string): string =>
  JSON.stringify({
    title,
    id: '11111111-1111-4111-8111-111111111111',
    level: 'high',
    logsource: { product: 'linux' },
    detection: { s: { f: 'x' }, condition: 's' },
  });

test('a changed folder is swapped in whole, a broken one is refused and the former set stays', async () => {
  const file = join(folder, 'a.yml');
  await writeFile(file, rule('first'));
  const rules = await openRules(folder);
  const before = rules.current();
  expect(await rules.look()).toEqual({ kind: 'unchanged' });

  await writeFile(join(folder, 'b.yml'), 'title: broken\ndetection: {condition: nothing}');
  const refused = await rules.look();
  expect(refused.kind).toBe('refused');
  expect(rules.current()).toBe(before);

  await rm(join(folder, 'b.yml'));
  await writeFile(file, rule('second'));
  const swapped = await rules.look();
  expect(swapped.kind).toBe('swapped');
  expect(rules.current().set.rules.map(({ rule: { title } }) => title)).toEqual(['second']);
  const id = '11111111-1111-4111-8111-111111111111';
  expect(rules.current().set.hashes.get(id)).toMatch(/^[0-9a-f]{64}$/);
  expect(rules.current().set.hashes.get(id)).not.toBe(before.set.hashes.get(id));
});

test('a folder that is away for a moment changes nothing', async () => {
  await writeFile(join(folder, 'a.yml'), rule('first'));
  const rules = await openRules([folder]);
  const before = rules.current();
  await rm(folder, { recursive: true });
  expect((await rules.look()).kind).toBe('unreadable');
  expect(rules.current()).toBe(before);
  await mkdir(folder);
});

test('a broken first set is an error with all that is wrong', async () => {
  await writeFile(
    join(folder, 'a.yml'),
    'title: x\nlogsource: {product: linux}\ndetection: {s: {f: []}, condition: t}',
  );
  await expect(openRules(folder)).rejects.toThrow(
    /1 error in the rules:\n.*a\.yml:3:\d+: error detection-empty/s,
  );
});
