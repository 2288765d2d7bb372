import { generateKeyPairSync, hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkpointText, createCosigner, createNoteSigner } from '../note.ts';
import { consistencyProof, TreeReader } from '../proof.ts';
import { openCheckpoint } from '../verify/checkpoint.ts';
import { parseVerifierKey } from '../verify/note.ts';
import { LogWriter } from '../writer/log-writer.ts';
import { WitnessClient } from './client.ts';
import { serveWitness, type WitnessServer } from './server.ts';
import { Witness } from './witness.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const logKey = generateKeyPairSync('ed25519').privateKey;
const signer = createNoteSigner('ledger.example/log', logKey);
const cosigner = createCosigner(
  'witness.example/w',
  generateKeyPairSync('ed25519').privateKey,
  () => 1_700_000_000,
);
const originHash = hash('sha256', 'ledger.example/log');
let directory: string;
let writer: LogWriter;
let server: WitnessServer;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'witness-'));
  writer = await LogWriter.open({ directory, log: 'log', signer });
  server = await serveWitness(createWitness(), '127.0.0.1', 0);
});
afterEach(async () => {
  await server.close();
  await writer.close();
  rmSync(directory, { recursive: true });
});

function createWitness(): Witness {
  return new Witness(join(directory, 'witness'), cosigner, [parseVerifierKey(signer.vkey)]);
}

async function grow(count: number): Promise<Buffer> {
  await writer.append(
    Array.from({ length: count }, (_, index) => Buffer.from(`${writer.size + index}`)),
    '',
  );
  return writer.publish();
}

function client(): WitnessClient {
  return new WitnessClient({ key: parseVerifierKey(cosigner.vkey), url: server.url }, join(directory, 'log'));
}

async function post(old: number, proof: readonly string[], checkpoint: string) {
  const hashes = proof.map((digest) => `${Buffer.from(digest, 'binary').toString('base64')}\n`).join('');
  const body = `old ${old}\n${hashes}\n${checkpoint}`;
  const response = await fetch(`${server.url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

function signed(size: number, root: Buffer, by = signer): string {
  const text = checkpointText(by.name, size, root);
  return `${text}\n${by.sign(text)}`;
}

test('a growing log is cosigned, and the cosignature verifies with its time', async () => {
  const submitting = client();
  for (const count of [0, 1, 5, 300]) {
    const checkpoint = await grow(count);
    const line = await submitting.cosign(checkpoint);
    const cosigned = Buffer.concat([checkpoint, Buffer.from(line)]);
    const keys = [parseVerifierKey(cosigner.vkey)];
    const { verified } = openCheckpoint(cosigned, parseVerifierKey(signer.vkey), keys);
    expect(verified.map(({ time_s }) => time_s)).toEqual([undefined, 1_700_000_000n]);
  }
  const latest = await (await fetch(`${server.url}/${originHash}/checkpoint`)).text();
  expect(latest).toMatch(/^ledger\.example\/log\n306\n/);
  expect(latest).toContain('— ledger.example/log ');
  expect(latest).toContain('— witness.example/w ');
});

test('a client that knows nothing of the witness catches up', async () => {
  await client().cosign(await grow(10));
  await expect(client().cosign(await grow(10))).resolves.toContain('— witness.example/w ');
});

test('what a restarted witness has signed binds it', async () => {
  await client().cosign(await grow(10));
  await server.close();
  server = await serveWitness(createWitness(), '127.0.0.1', 0);
  expect(await post(0, [], signed(10, Buffer.alloc(32, 1)))).toMatchObject({ status: 409, body: '10\n' });
});

test('the answers of the protocol', async () => {
  const first = (await grow(4)).toString();
  const root = Buffer.from(hash('sha256', ''), 'hex');
  const stranger = createNoteSigner('ledger.example/log', generateKeyPairSync('ed25519').privateKey);
  const other = createNoteSigner('ledger.example/other', logKey);
  expect((await post(0, [], signed(1, root, other))).status, 'unknown log').toBe(404);
  expect((await post(0, [], signed(1, root, stranger))).status, 'unknown key').toBe(403);
  expect(
    (await post(0, [], first.replace(/.{5}\n$/, 'AAAA=\n'))).status,
    'wrong signature',
  ).toBeGreaterThanOrEqual(400);
  expect((await post(5, [], first)).status, 'old beyond the checkpoint').toBe(400);
  expect((await post(0, ['x'.repeat(32)], first)).status, 'a proof from nothing').toBe(422);
  expect((await post(0, [], signed(0, Buffer.alloc(32)))).status, 'wrong root of the empty tree').toBe(422);
  expect((await post(0, [], 'no checkpoint')).status).toBe(400);
  expect(
    (
      await post(
        0,
        Array.from({ length: 64 }, () => 'x'.repeat(32)),
        first,
      )
    ).status,
    '64 proof lines',
  ).toBe(400);
  expect((await post(0, [], first)).status).toBe(200);
  expect((await post(4, [], first)).status, 'the same again').toBe(200);
  expect(await post(0, [], first)).toMatchObject({ status: 409, type: 'text/x.tlog.size', body: '4\n' });
  expect((await post(4, [], signed(4, root))).status, 'another root for the same size').toBe(422);
  await grow(3);
  const proof = consistencyProof(new TreeReader(join(directory, 'log'), 7), 4);
  expect((await post(4, proof, signed(7, root))).status, 'a fork').toBe(422);
  expect(
    (await post(4, proof.slice(1), readFileSync(join(directory, 'log/checkpoint'), 'utf8'))).status,
  ).toBe(422);
  expect((await post(4, proof, readFileSync(join(directory, 'log/checkpoint'), 'utf8'))).status).toBe(200);
});

test('of two checkpoints submitted at once, one is signed', async () => {
  await client().cosign(await grow(4));
  const [root1, root2] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const answers = await Promise.all([
    post(4, [], signed(4, root1)),
    post(4, [], signed(4, root2)),
    client().cosign(await grow(1)),
  ]);
  expect(answers.slice(0, 2)).toMatchObject([{ status: 422 }, { status: 422 }]);
});

test('unknown logs and oversized requests are refused', async () => {
  expect((await fetch(`${server.url}/${originHash}/checkpoint`)).status).toBe(404);
  expect((await fetch(`${server.url}/..%2flock/checkpoint`)).status).toBe(404);
  const big = await fetch(`${server.url}/add-checkpoint`, { method: 'POST', body: 'x'.repeat(70_000) });
  expect(big.status).toBe(413);
});

test('a witness that is away is a retriable error, one that refuses is not', async () => {
  const submitting = client();
  const checkpoint = await grow(2);
  const text = checkpointText('ledger.example/log', 2, Buffer.alloc(32, 9));
  await submitting.cosign(checkpoint);
  const fork = Buffer.from(`${text}\n${signer.sign(text)}`);
  await expect(submitting.cosign(fork)).rejects.toMatchObject({
    code: 'BW_WITNESS_REFUSED',
    retriable: false,
  });
  await server.close();
  await expect(submitting.cosign(checkpoint)).rejects.toMatchObject({
    code: 'BW_WITNESS_UNAVAILABLE',
    retriable: true,
  });
  server = await serveWitness(createWitness(), '127.0.0.1', 0);
});
