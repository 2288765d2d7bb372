import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointText, createNoteSigner } from '../note.ts';
import { rotationNote } from '../rotation/statement.ts';
import { openCheckpoint } from './checkpoint.ts';
import { keysOfChain, readRotation, readRotations } from './key-chain.ts';
import { parseVerifierKey, type VerifierKey } from './note.ts';

const operator = 'ledger.example';
const log = 'ledger.example/acme-2026q4';
const keys: KeyObject[] = Array.from({ length: 4 }, () => generateKeyPairSync('ed25519').privateKey);
const vkeys = keys.map((key) => parseVerifierKey(createNoteSigner(log, key).vkey));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chain-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function keyAt(index: number): KeyObject {
  return keys[index] ?? generateKeyPairSync('ed25519').privateKey;
}

function vkeyAt(index: number): VerifierKey {
  return vkeys[index] ?? parseVerifierKey('');
}

function rotate(from: number, to: number): string {
  return rotationNote(operator, keyAt(from), keyAt(to), 1_000, 2_000);
}

function signed(...by: number[]): Buffer {
  const text = checkpointText(log, 0, Buffer.alloc(32));
  return Buffer.from(
    `${text}\n${by.map((index) => createNoteSigner(log, keyAt(index)).sign(text)).join('')}`,
  );
}

function writeChain(...notes: string[]): void {
  notes.forEach((note, index) => writeFileSync(join(folder, `000${index}.note`), note));
}

test('a rotation says which key follows which, and until when both sign', () => {
  expect(readRotation(Buffer.from(rotate(0, 1)))).toMatchObject({
    name: operator,
    from_s: 1_000,
    until_s: 2_000,
  });
});

test('from any key of the chain all others are found, under the name of the log', () => {
  writeChain(rotate(0, 1), rotate(1, 2));
  writeFileSync(join(folder, 'readme'), '');
  const rotations = readRotations(folder);
  const ids = (from: number): string[] => keysOfChain(rotations, vkeyAt(from)).map(({ id }) => id);
  expect(ids(0)).toEqual([vkeyAt(1).id, vkeyAt(2).id]);
  expect(ids(1)).toEqual(
    [vkeyAt(0).id, vkeyAt(2).id].toSorted((a, b) => ids(1).indexOf(a) - ids(1).indexOf(b)),
  );
  expect(new Set(ids(2))).toEqual(new Set([vkeyAt(0).id, vkeyAt(1).id]));
  expect(ids(3)).toEqual([]);
  expect(keysOfChain(rotations, vkeyAt(0)).every(({ name }) => name === log)).toBe(true);
});

test('a checkpoint of a later key is accepted through the chain, and not without it', () => {
  writeChain(rotate(0, 1), rotate(1, 2));
  const others = keysOfChain(readRotations(folder), vkeyAt(0));
  for (const signers of [[0], [0, 1], [1], [2], [2, 3]]) {
    expect(openCheckpoint(signed(...signers), vkeyAt(0), [], others).origin).toBe(log);
  }
  expect(() => openCheckpoint(signed(2), vkeyAt(0))).toThrow('no signature of a known key');
  expect(() => openCheckpoint(signed(3), vkeyAt(0), [], others)).toThrow('no signature of a known key');
  expect(() => openCheckpoint(signed(3), vkeyAt(0), [vkeyAt(3)], others)).toThrow(`${log} did not sign it`);
});

test('during the overlap the signature of each known key must hold', () => {
  const others = keysOfChain([readRotation(Buffer.from(rotate(0, 1)))], vkeyAt(0));
  const text = signed(0, 1).toString();
  const broken = text.replace(/(.)(.{6}\n)$/, (_all, char, rest) => `${char === 'A' ? 'B' : 'A'}${rest}`);
  expect(() => openCheckpoint(Buffer.from(broken), vkeyAt(0), [], others)).toThrow('does not hold');
});

test.each([
  ['nothing', () => '', 'a key rotation is a name, two times, the old key and the new one'],
  [
    'another form',
    () => rotate(0, 1).replace('rotation/v1', 'rotation/v2'),
    'a key rotation is a name, two times, the old key and the new one',
  ],
  ['a changed time', () => rotate(0, 1).replace('1000 2000', '1000 9000'), 'does not hold'],
  [
    'the old key alone',
    () => `${rotate(0, 1).split('\n').slice(0, -2).join('\n')}\n`,
    'a key rotation is signed by the old key and by the new one',
  ],
  ['one key twice', () => rotate(0, 0), 'a key rotation is signed by the old key and by the new one'],
  [
    'times in the wrong order',
    () => rotationNote(operator, keyAt(0), keyAt(1), 2_000, 1_000),
    'a key rotation ends before it begins',
  ],
  ['a key that is none', () => rotate(0, 1).replace(/\n(A\S{43})\n/, '\nAAAA\n'), 'is not supported'],
])('a rotation of %s is refused', (_name, note, reason) => {
  writeChain(note());
  expect(() => readRotations(folder)).toThrow(reason);
  expect(() => readRotations(folder)).toThrow('0000.note');
});

test('both keys may sign for no time at all', () => {
  expect(readRotation(Buffer.from(rotationNote(operator, keyAt(0), keyAt(1), 1_000, 1_000))).until_s).toBe(
    1_000,
  );
});

test('a rotation begins with what it is', () => {
  const text = `x\n${rotate(0, 1).split('\n\n')[0]}\n`;
  const lines = [0, 1].map((index) => createNoteSigner(operator, keyAt(index)).sign(text)).join('');
  expect(() => readRotation(Buffer.from(`${text}\n${lines}`))).toThrow('a key rotation is a name');
});

test('a file that cannot be read is not one that is wrong', () => {
  mkdirSync(join(folder, '0000.note'));
  expect(() => readRotations(folder)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
});

test('without a folder there is no rotation', () => {
  expect(readRotations(join(folder, 'none'))).toEqual([]);
  writeFileSync(join(folder, 'file'), '');
  expect(() => readRotations(join(folder, 'file'))).toThrow('ENOTDIR');
});
