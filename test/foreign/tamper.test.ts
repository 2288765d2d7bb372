import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openCheckpoint } from '#shared/ledger/verify/checkpoint.ts';
import { type VerifyLogOptions, verifyLog } from '#shared/ledger/verify/log.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { entryAt, makeLog } from './make-log.ts';
import { restore } from './restore.ts';
import { forks, tampered_size, tamperings, type Victim } from './tamperings.ts';

// Each test reads 70,000 leaves, most write some hundred files.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { privateKey: key } = generateKeyPairSync('ed25519');
const entries = Array.from({ length: tampered_size }, (_, index) => entryAt(index));
let directory: string;
let vkey: string;
let original: string;
let folder: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tamper-'));
  const { log, signer } = await makeLog(directory, tampered_size, key);
  vkey = signer.vkey;
  original = join(directory, log);
  folder = join(directory, 'copy');
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => restore(original, folder));

function victim(): Victim {
  return { folder, origin: 'foreign.example/size70000', key, entries };
}

function findings(options: VerifyLogOptions = {}): string[] {
  return verifyLog(folder, vkey, options).findings.map(({ where, what }) => `${where}: ${what}`);
}

test('an untouched copy raises no alarm', () => expect(findings()).toEqual([]));

describe('our verifier reports', () => {
  test.each(tamperings)('$name', ({ apply }) => {
    apply(victim());
    expect(findings()).not.toEqual([]);
  });
});

describe('with a checkpoint that was kept, our verifier reports', () => {
  test.each(forks)('$name', ({ apply }) => {
    const earlier = [openCheckpoint(readFileSync(join(folder, 'checkpoint')), parseVerifierKey(vkey))];
    apply(victim());
    expect(findings(), 'the new history is intact by itself').toEqual([]);
    expect(findings({ earlier })).not.toEqual([]);
  });
});

describe('a finding says where the change was made', () => {
  test.each([
    ['a bit of an entry', /^tile\/entries\/003: leaf 770 /],
    ['a bit of a level 1 tile', /^tile\/1\/000: hash 1 is not the root of tile\/0\/001$/],
    ['an entry and its leaf hash together', /^tile\/1\/000: hash 0 is not the root of tile\/0\/000$/],
    ['a tile in the middle removed', /^tile\/0\/100: is missing$/],
    ['two bundles exchanged', /^tile\/entries\/010: leaf 2560 /],
    [
      'the size in the checkpoint',
      /^checkpoint: the signature of foreign\.example\/size70000 does not hold$/,
    ],
  ])('%s', (name, expected) => {
    tamperings.find((each) => each.name === name)?.apply(victim());
    expect(findings()[0]).toMatch(expected);
  });
});

test('clean logs of any size raise no alarm', { timeout: 600_000 }, async () => {
  const sizes = fc.oneof(
    { weight: 8, arbitrary: fc.nat({ max: 600 }) },
    { weight: 3, arbitrary: fc.constantFrom(0, 1, 2, 255, 256, 257, 511, 512) },
    { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536, 65_537) },
  );
  await fc.assert(
    fc.asyncProperty(sizes, async (size) => {
      const clean = mkdtempSync(join(tmpdir(), 'clean-'));
      const { log, signer } = await makeLog(clean, size, key);
      const report = verifyLog(join(clean, log), signer.vkey);
      rmSync(clean, { recursive: true });
      expect(report).toMatchObject({ findings: [], checkpoint: { size } });
    }),
    { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 20) },
  );
});
