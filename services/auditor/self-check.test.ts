import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pruneLog } from '#shared/ledger/lifecycle/prune.ts';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { fixedKey } from '#shared/ledger/rotation/signing-keys.ts';
import { LogWriter } from '#shared/ledger/writer/log-writer.ts';
import { SelfCheck } from './self-check.ts';

const log = 'acme-2026q4';
const key = generateKeyPairSync('ed25519').privateKey;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'self-'));
  const signer = createNoteSigner(`ledger.example/${log}`, key);
  const writer = await LogWriter.open({ directory, log, signer });
  await writer.append(
    Array.from({ length: 5_000 }, (_, index) => Buffer.from(`leaf ${index}`)),
    '',
  );
  await writer.publish();
  await writer.close();
});
afterEach(() => rmSync(directory, { recursive: true }));

function createCheck(signing = key): SelfCheck {
  return new SelfCheck({ directory, origin: 'ledger.example', keys: fixedKey(signing), now_ms: () => 0 });
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(join(directory, log, path));
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(join(directory, log, path), bytes);
}

test('an intact ledger raises no alarm, however often it is looked at', () => {
  const check = createCheck();
  for (let look = 0; look < 4; look += 1) expect(check.look()).toEqual([]);
});

test('a changed entry is found in its turn, and told once', () => {
  flip('tile/entries/018', 5);
  const check = createCheck();
  const damage = { log, index_first: 4_608, index_next: 4_609, what: 'is not the leaf that was signed' };
  expect([check.look(), check.look(), check.look(), check.look()]).toEqual([[], [damage], [], []]);
});

test('a changed tile, a missing file, another signer and a lost checkpoint are found', () => {
  flip('tile/0/003', 5);
  rmSync(join(directory, log, 'tile/entries/007'));
  expect(createCheck().look()).toMatchObject([
    { index_first: 768, index_next: 1_024 },
    { index_first: 1_792, index_next: 2_048, what: 'is missing' },
  ]);
  expect(createCheck(generateKeyPairSync('ed25519').privateKey).look()).toMatchObject([
    { log, what: 'no signature of a known key' },
  ]);
  rmSync(join(directory, log, 'checkpoint'));
  expect(createCheck().look()).toMatchObject([{ what: 'the checkpoint is missing' }]);
});

test('what was pruned is not missed', async () => {
  await pruneLog(directory, log, 2_560, 0);
  const check = createCheck();
  expect([check.look(), check.look()]).toEqual([[], []]);
});
