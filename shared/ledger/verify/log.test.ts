import { generateKeyPairSync } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { merkleRoot } from '../merkle.ts';
import { createCosigner, createNoteSigner } from '../note.ts';
import { inclusionProof, TreeReader } from '../proof.ts';
import { proofFile } from '../proof-file.ts';
import { LogWriter } from '../writer/log-writer.ts';
import { type VerifyLogOptions, verifyLog } from './log.ts';
import { parseVerifierKey } from './note.ts';
import { parseProof, verifyProof } from './proof.ts';
import { readBundle, readFile, readTile, tilePath } from './tiles.ts';

const signer = createNoteSigner('log.example/small', generateKeyPairSync('ed25519').privateKey);
const cosigner = createCosigner('witness.example/w', generateKeyPairSync('ed25519').privateKey, () => 5);
const witness = parseVerifierKey(cosigner.vkey);
const leaves = Array.from({ length: 600 }, (_, index) => Buffer.from(`leaf ${index}`));
let directory: string;
let folder: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'verify-'));
  folder = join(directory, 'small');
  const writer = await LogWriter.open({ directory, log: 'small', signer });
  await writer.append(leaves, '');
  const checkpoint = await writer.publish();
  const text = checkpoint.toString().slice(0, checkpoint.toString().indexOf('\n\n') + 1);
  await writer.addSignatures(checkpoint, [cosigner.sign(text)]);
  await writer.close();
});
afterEach(() => rmSync(directory, { recursive: true }));

function findings(options: VerifyLogOptions = {}): string[] {
  return verifyLog(folder, signer.vkey, options).findings.map(({ where, what }) => `${where}: ${what}`);
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(join(folder, path));
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(join(folder, path), bytes);
}

describe('each part of a log is compared with its neighbours', () => {
  test('an intact log has no findings', () => {
    const report = verifyLog(folder, signer.vkey, { witnesses: [witness], quorum: 1 });
    expect(report).toMatchObject({ findings: [], checkpoint: { size: 600, root: merkleRoot(leaves) } });
    expect(report.signatures.map(({ key }) => key.name)).toEqual(['log.example/small', 'witness.example/w']);
  });

  test('an entry', () => {
    flip('tile/entries/001', 5);
    expect(findings()).toEqual([
      'tile/entries/001: leaf 256 does not have the hash that tile/0/001 has for it',
    ]);
  });

  test('a leaf hash', () => {
    flip('tile/0/001', 33);
    expect(findings()).toEqual([
      'tile/entries/001: leaf 257 does not have the hash that tile/0/001 has for it',
      'tile/1/000.p/2: hash 1 is not the root of tile/0/001',
    ]);
  });

  test('a hash of the level above', () => {
    flip('tile/1/000.p/2', 33);
    expect(findings()).toEqual([
      'tile/1/000.p/2: hash 1 is not the root of tile/0/001',
      'checkpoint: the 600 leaves here do not have the root that the checkpoint signs',
    ]);
  });

  test('a leaf hash of the partial tile', () => {
    flip('tile/0/002.p/88', 0);
    expect(findings()[1]).toContain('do not have the root that the checkpoint signs');
  });

  test.each([
    'checkpoint',
    'tile/entries/001',
    'tile/0/000',
    'tile/0/002.p/88',
    'tile/1/000.p/2',
    'tile/entries/002.p/88',
  ])('%s, when it is missing', (path) => {
    rmSync(join(folder, path));
    expect(findings().filter((finding) => finding === `${path}: is missing`)).toHaveLength(1);
  });

  test.each([
    ['tile/0/000', 8_160, 'has 8160 bytes, which is not 256 hashes'],
    ['tile/0/002.p/88', 40, 'has 40 bytes, which is not 88 hashes'],
    ['tile/entries/002.p/88', 1, 'ends within the length of entry 0'],
    ['tile/entries/002.p/88', 5, 'ends within entry 0'],
    ['tile/entries/002.p/88', 20, 'has 2 entries instead of 88'],
  ])('%s, when it is cut to %i bytes', (path, bytes, what) => {
    truncateSync(join(folder, path), bytes);
    expect(findings()).toContain(`${path}: ${what}`);
  });

  test('a full file may stand for the partial one, and is read as far as the tree goes', () => {
    for (const path of ['tile/0/002', 'tile/entries/002']) {
      const partial = readFileSync(join(folder, `${path}.p/88`));
      const unit = path.includes('entries') ? Buffer.of(0, 1, 65) : Buffer.alloc(32);
      const rest = Array.from({ length: 256 - 88 }, () => unit);
      writeFileSync(join(folder, path), Buffer.concat([partial, ...rest]));
      rmSync(join(folder, `${path}.p`), { recursive: true });
    }
    expect(findings()).toEqual([]);
    truncateSync(join(folder, 'tile/0/002'), 8_160);
    truncateSync(join(folder, 'tile/entries/002'), readFileSync(join(folder, 'tile/entries/002')).length - 3);
    expect(findings().slice(0, 2)).toEqual([
      'tile/entries/002.p/88: has 255 entries instead of 88',
      'tile/0/002.p/88: has 8160 bytes, which is not 88 hashes',
    ]);
  });

  test('each entry is shown once, in order', () => {
    const many = findings({ onEntry: () => 'wrong' });
    expect(many).toHaveLength(600);
    expect(many[7]).toBe('leaf 7: wrong');
  });

  test.each([0, 1, 255, 256, 257, 512, 65_536])(
    'an intact log of %i leaves',
    { timeout: 60_000 },
    async (size) => {
      const writer = await LogWriter.open({ directory, log: 'other', signer });
      const entries = Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`));
      await writer.append(entries, '');
      await writer.publish();
      await writer.close();
      const report = verifyLog(join(directory, 'other'), signer.vkey);
      expect(report).toMatchObject({ findings: [], checkpoint: { size, root: merkleRoot(entries) } });
    },
  );

  test('a file that cannot be read is no finding: the log was not verified', () => {
    rmSync(join(folder, 'tile/0/001'));
    mkdirSync(join(folder, 'tile/0/001'));
    expect(() => findings()).toThrow('EISDIR');
    rmSync(join(folder, 'tile/0/001'), { recursive: true });
    symlinkSync('001', join(folder, 'tile/0/001'));
    expect(() => findings()).toThrow('ELOOP');
  });
});

describe('what the reader knows besides the files', () => {
  test('witnesses: as many as asked for', () => {
    expect(findings({ witnesses: [witness], quorum: 1 })).toEqual([]);
    expect(findings({ witnesses: [witness], quorum: 2 })).toEqual([
      'checkpoint: 1 witnesses cosigned it, 2 must',
    ]);
    expect(findings({ quorum: 1 })).toEqual(['checkpoint: 0 witnesses cosigned it, 1 must']);
  });

  test('the key of another log', () => {
    const other = createNoteSigner('log.example/small', generateKeyPairSync('ed25519').privateKey);
    expect(verifyLog(folder, other.vkey)).toMatchObject({
      checkpoint: undefined,
      findings: [{ where: 'checkpoint', what: 'no signature of a known key' }],
    });
    expect(verifyLog(folder, 'nonsense').findings).toHaveLength(1);
  });

  test.each([0, 1, 255, 256, 257, 511, 512, 513, 599, 600])(
    'a checkpoint of %i leaves that it grew from',
    (size) => {
      const origin = 'log.example/small';
      const root = merkleRoot(leaves.slice(0, size));
      expect(findings({ earlier: [{ origin, size, root }] })).toEqual([]);
      if (size === 0) return;
      expect(findings({ earlier: [{ origin, size, root: Buffer.alloc(32) }] })).toEqual([
        `checkpoint: the ${size} leaves here do not have the root that the earlier checkpoint signs`,
      ]);
    },
  );

  test('a checkpoint that is larger, or of another log', () => {
    const root = merkleRoot(leaves);
    const [larger] = findings({ earlier: [{ origin: 'log.example/small', size: 601, root }] });
    expect(larger).toBe('checkpoint: has 600 leaves; an earlier checkpoint signed 601');
    expect(findings({ earlier: [{ origin: 'log.example/other', size: 600, root }] })).toEqual([
      'checkpoint: the earlier checkpoint is of log.example/other',
    ]);
  });
});

describe('files', () => {
  test('paths are those of the specification', () => {
    expect(tilePath(0, 1_234_067, 256)).toBe('tile/0/x001/x234/067');
    expect(tilePath('entries', 5, 7)).toBe('tile/entries/005.p/7');
    expect(tilePath(63, 1_000, 255)).toBe('tile/63/x001/000.p/255');
  });

  test('the last entry of a bundle may be empty', () => {
    writeFileSync(join(folder, 'tile/entries/009'), Buffer.alloc(256 * 2));
    expect(readBundle(folder, 9, 256)).toEqual(Array.from({ length: 256 }, () => Buffer.alloc(0)));
  });

  test('a file that is too large is refused before it is read', () => {
    expect(() => readFile(join(folder, 'tile/0/000'), 100)).toThrow('has 8192 bytes, more than 100');
    expect(readFile(join(folder, 'tile/0/000'), 8_192)).toHaveLength(8_192);
    expect(readFile(join(folder, 'checkpoint/inside'))).toBeUndefined();
    expect(readTile(folder, 0, 0, 256)).toHaveLength(256);
    expect(readBundle(folder, 2, 88)).toHaveLength(88);
  });
});

describe('a proof that stands alone', () => {
  const key = parseVerifierKey(signer.vkey);
  const proof = (): string => {
    const checkpoint = readFileSync(join(folder, 'checkpoint'), 'utf8');
    return proofFile(300, inclusionProof(new TreeReader(folder, 600), 300), checkpoint);
  };

  test('verifies, with its witnesses and with data that it carries', () => {
    const entry = Buffer.from('leaf 300');
    expect(verifyProof(proof(), entry, key, [witness])).toMatchObject({ index: 300, size: 600 });
    expect(verifyProof(proof().replace('\n', '\nextra AAAA\n'), entry, key).index).toBe(300);
    expect(() => verifyProof(proof(), Buffer.from('leaf 301'), key)).toThrow('not leaf 300');
  });

  test.each<[string, (text: string) => string]>([
    ['something before it', (text) => `x\n${text}`],
    ['another version', (text) => text.replace('@v1', '@v2')],
    ['a leading zero', (text) => text.replace('index 300', 'index 0300')],
    ['no index', (text) => text.replace('index 300\n', '')],
    ['no checkpoint', (text) => text.slice(0, text.indexOf('\n\n'))],
    ['a hash that is not base64', (text) => text.replace('index 300\n', 'index 300\n!!!!\n')],
    [
      'a hash too many',
      (text) => text.replace('index 300\n', `index 300\n${Buffer.alloc(32).toString('base64')}\n`),
    ],
    ['a hash too short', (text) => text.replace('index 300\n', 'index 300\nAAAA\n')],
    ['another index', (text) => text.replace('index 300', 'index 301')],
    ['another checkpoint', (text) => text.replace('\n600\n', '\n601\n')],
  ])('with %s is refused', (_what, change) => {
    expect(() => verifyProof(change(proof()), Buffer.from('leaf 300'), key)).toThrow();
  });

  test('has its form', () => {
    expect(() => parseProof('index 0\n')).toThrow('it is not a tlog-proof');
  });

  test('is not longer than any tree is high', () => {
    const hash = `${Buffer.alloc(32).toString('base64')}\n`;
    const text = (hashes: number): string => `c2sp.org/tlog-proof@v1\nindex 0\n${hash.repeat(hashes)}\nx`;
    expect(parseProof(text(53)).path).toHaveLength(53);
    expect(() => parseProof(text(54))).toThrow('longer than any tree');
  });
});
