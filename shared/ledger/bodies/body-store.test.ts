import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBodyCipher } from './body-cipher.ts';
import { BodyStore } from './body-store.ts';

const cipher = createBodyCipher(randomBytes(32), 'acme');
let directory: string;
let store: BodyStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bodies-'));
  store = new BodyStore(directory, 'acme-2026q4');
});
afterEach(() => rmSync(directory, { recursive: true }));

async function write(index: number, text: string): Promise<string> {
  const { sealed } = cipher.seal(Buffer.from(text));
  await store.write([{ index, body: sealed }]);
  return sealed.commitment;
}

function textOf(index: number, commitment: string): string | undefined {
  const stored = store.read(index, commitment);
  return stored?.kind === 'sealed' ? cipher.open(stored.body).plaintext.toString() : stored?.kind;
}

function everyByte(): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

test('a body reads back; another commitment, or another leaf, has none', async () => {
  const commitment = await write(300, 'alice');
  expect(textOf(300, commitment)).toBe('alice');
  expect(textOf(301, commitment)).toBeUndefined();
  expect(textOf(300, 'f'.repeat(64))).toBeUndefined();
  expect(new BodyStore(directory, 'other').isPresent).toBe(false);
});

test('an erased body leaves neither its key nor its ciphertext, and its neighbours stay', async () => {
  const [gone, kept] = [await write(3, 'alice'), await write(4, 'bob')];
  const stored = store.read(3, gone);
  await store.erase([3, 900], 1_000);
  expect(textOf(3, gone)).toBe('erased');
  expect(textOf(4, kept)).toBe('bob');
  if (stored?.kind !== 'sealed') throw new Error('there was a body');
  expect(everyByte()).not.toContain(stored.body.wrapped_key);
  expect(everyByte()).not.toContain(stored.body.data);
  await store.erase([3], 256);
  expect(textOf(3, gone)).toBe('erased');
});

test('a copy of the ciphertext is worthless once the key is gone', async () => {
  const commitment = await write(3, 'alice');
  const path = join(directory, '.bodies/acme-2026q4/tile/entries/000.ndjson');
  const backup = readFileSync(path);
  await store.erase([3], 256);
  writeFileSync(path, backup);
  expect(textOf(3, commitment)).toBe('erased');
});

test('in the bundle that still grows only keys are destroyed: its file belongs to the writer', async () => {
  const [gone, kept] = [await write(3, 'alice'), await write(4, 'bob')];
  const path = join(directory, '.bodies/acme-2026q4/tile/entries/000.ndjson');
  const before = readFileSync(path);
  await store.erase([3], 255);
  expect(readFileSync(path)).toEqual(before);
  expect([textOf(3, gone), textOf(4, kept)]).toEqual(['erased', 'bob']);
});

test('keys after one that a crash cut short are found', async () => {
  const first = await write(1, 'one');
  appendFileSync(join(directory, '.body-keys/acme-2026q4/tile/entries/000.keys'), 'cut sho');
  const second = await write(2, 'two');
  expect([textOf(1, first), textOf(2, second)]).toEqual(['one', 'two']);
});

test('a line that a crash cut short goes before the next body is added', async () => {
  const first = await write(1, 'one');
  appendFileSync(join(directory, '.bodies/acme-2026q4/tile/entries/000.ndjson'), '{"index":2,"bo');
  const second = await write(2, 'two');
  expect([textOf(1, first), textOf(2, second)]).toEqual(['one', 'two']);
});

test('bodies of the first version, which hold their own key, are read and erased', async () => {
  const commitment = await write(1, 'one');
  const stored = store.read(1, commitment);
  if (stored?.kind !== 'sealed') throw new Error('there was a body');
  const path = join(directory, '.bodies/acme-2026q4/tile/entries/000.ndjson');
  writeFileSync(path, `${JSON.stringify({ index: 1, body: stored.body })}\n`);
  rmSync(join(directory, '.body-keys'), { recursive: true });
  expect(textOf(1, commitment)).toBe('one');
  await store.erase([1], 2);
  expect(textOf(1, commitment)).toBe('erased');
  expect(everyByte()).not.toContain(stored.body.wrapped_key);
});
