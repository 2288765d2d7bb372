import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { merkleRoot } from '../merkle.ts';
import { createNoteSigner } from '../note.ts';
import { LogWriter } from '../writer/log-writer.ts';
import { type VerifyLogOptions, verifyLog } from './log.ts';
import { tilePath } from './tiles.ts';

/** A full tile at level 1, a second begun. */
const size = 65_536 + 600;
const origin = 'log.example/pruned';
const signer = createNoteSigner(origin, generateKeyPairSync('ed25519').privateKey);
const leaves = Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`));
let directory: string;
let folder: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pruned-'));
  const writer = await LogWriter.open({ directory, log: 'whole', signer });
  await writer.append(leaves, '');
  await writer.publish();
  await writer.close();
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => {
  folder = join(directory, 'pruned');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(directory, 'whole'), folder, { recursive: true });
});

function remove(level: number | 'entries', first: number, next: number): void {
  for (let index = first; index < next; index += 1) rmSync(join(folder, tilePath(level, index, 256)));
}

function verify(options: VerifyLogOptions): { readonly first_index: number; readonly wrong: string[] } {
  const { first_index, findings } = verifyLog(folder, signer.vkey, options);
  return { first_index, wrong: findings.map(({ where, what }) => `${where}: ${what}`) };
}

function earlierAt(known_size: number, root = merkleRoot(leaves.slice(0, known_size))): VerifyLogOptions {
  return { earlier: [{ origin, size: known_size, root }] };
}

test('findings are listed up to a bound', () => {
  expect(verify({ onEntry: () => 'wrong' }).wrong).toHaveLength(1_000);
});

describe('a log whose first leaves were pruned', () => {
  test('is checked from the first leaf that is there', () => {
    remove('entries', 0, 10);
    remove(0, 0, 10);
    const seen: number[] = [];
    const onEntry = (_entry: Buffer, index: number): undefined => void seen.push(index);
    expect(verify({ minimum_index: 2_560, onEntry })).toEqual({ first_index: 2_560, wrong: [] });
    expect(seen[0]).toBe(2_560);
    expect(seen).toHaveLength(size - 2_560);
  });

  test('may still have what it could have pruned, and then that is checked', () => {
    expect(verify({ minimum_index: 2_560 })).toEqual({ first_index: 0, wrong: [] });
    remove('entries', 0, 5);
    expect(verify({ minimum_index: 2_560 })).toEqual({ first_index: 1_280, wrong: [] });
    const path = join(folder, tilePath('entries', 7, 256));
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill('x', 2, 3));
    expect(verify({ minimum_index: 2_560 }).wrong).toEqual([
      'tile/entries/007: leaf 1792 does not have the hash that tile/0/007 has for it',
    ]);
  });

  test('lacks nothing beyond what it says: that is not pruning', () => {
    remove('entries', 0, 10);
    remove(0, 0, 10);
    expect(verify({ minimum_index: 2_559 }).wrong).toEqual([
      'tile/entries/009: is missing',
      'tile/0/009: is missing',
    ]);
    expect(verify({}).wrong).toHaveLength(20);
  });

  test('whole tiles of the levels above may go too', () => {
    remove('entries', 0, 257);
    remove(0, 0, 257);
    remove(1, 0, 1);
    expect(verify({ minimum_index: 257 * 256 })).toEqual({ first_index: 257 * 256, wrong: [] });
    expect(verify({ minimum_index: 65_535 }).wrong).toContain('tile/1/000: is missing');
  });

  test('what is left is not believed by itself', () => {
    remove('entries', 0, 257);
    remove(0, 0, 257);
    const path = join(folder, tilePath(1, 0, 256));
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
    writeFileSync(path, bytes);
    expect(verify({ minimum_index: 257 * 256 }).wrong).toEqual([
      'tile/2/000.p/1: hash 0 is not the root of tile/1/000',
    ]);
  });

  test('a changed tile in the middle of the tree is at odds with its neighbours on both sides', () => {
    const path = join(folder, tilePath(1, 0, 256));
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
    writeFileSync(path, bytes);
    expect(verify({}).wrong).toEqual([
      'tile/1/000: hash 0 is not the root of tile/0/000',
      'tile/2/000.p/1: hash 0 is not the root of tile/1/000',
    ]);
  });

  test('is compared with checkpoints of what is left, and of whole tiles before that', () => {
    remove('entries', 0, 257);
    remove(0, 0, 257);
    const minimum_index = 257 * 256;
    for (const known of [minimum_index, minimum_index + 1, 65_536, 256 * 10, size]) {
      expect(verify({ minimum_index, ...earlierAt(known) }).wrong, `${known}`).toEqual([]);
      expect(verify({ minimum_index, ...earlierAt(known, Buffer.alloc(32)) }).wrong, `${known}`).toEqual([
        `checkpoint: the ${known} leaves here do not have the root that the earlier checkpoint signs`,
      ]);
    }
    expect(verify({ minimum_index, ...earlierAt(1_000) }).wrong).toEqual([
      'checkpoint: the earlier checkpoint of 1000 leaves cannot be compared: what it signs is pruned',
    ]);
  });

  test('cannot be pruned beyond its end', () => {
    expect(verify({ minimum_index: size }).wrong).toEqual([]);
    expect(verify({ minimum_index: size + 1 }).wrong).toEqual([
      `checkpoint: has ${size} leaves, and is pruned to ${size + 1}`,
    ]);
  });

  test('keeps its end: partial files are never pruned', () => {
    rmSync(join(folder, tilePath('entries', 258, 88)));
    expect(verify({ minimum_index: size }).wrong).toEqual(['tile/entries/258.p/88: is missing']);
  });

  test('without the tile above, the root cannot be found', () => {
    remove('entries', 0, 1);
    remove(0, 0, 1);
    writeFileSync(join(folder, tilePath(1, 0, 256)), 'short');
    expect(verify({ minimum_index: 256 }).wrong).toEqual([
      'tile/1/000: has 5 bytes, which is not 256 hashes',
    ]);
  });
});
