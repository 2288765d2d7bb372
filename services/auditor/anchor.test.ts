import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseLeaf } from '#shared/ledger/records/leaf.ts';
import { createCosigner, createNoteSigner } from '#shared/ledger/note.ts';
import { verifyLog } from '#shared/ledger/verify/log.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { serveWitness, type WitnessServer } from '#shared/ledger/witness/server.ts';
import { Witness } from '#shared/ledger/witness/witness.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { Anchor } from './anchor.ts';
import { TenantLog } from './tenant-log.ts';
import type { CommonOptions } from './tenant-logs.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const signingKey = generateKeyPairSync('ed25519').privateKey;
const anchorSigner = createNoteSigner('ledger.example/_anchor-2026q4', signingKey);
const cosigner = createCosigner(
  'witness.example/w',
  generateKeyPairSync('ed25519').privateKey,
  () => 1_800_000_000,
);
const witnessKey = parseVerifierKey(cosigner.vkey);
let directory: string;
let server: WitnessServer;
let now_ms: number;
let alarms: string[];
let common: CommonOptions;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'anchor-'));
  now_ms = Date.UTC(2026, 10, 20);
  alarms = [];
  common = {
    directory,
    origin: 'ledger.example',
    signingKey,
    bodySecret: randomBytes(32),
    producer: 'auditor/1',
    clock: { now_ms: () => now_ms },
    heartbeat_interval_ms: 0,
    onGap: () => undefined,
  };
  server = await startWitness();
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

function startWitness(port = 0): Promise<WitnessServer> {
  const witness = new Witness(join(directory, 'witness'), cosigner, [parseVerifierKey(anchorSigner.vkey)]);
  return serveWitness(witness, '127.0.0.1', port);
}

function openAnchor(): Promise<Anchor> {
  const log = { ...silentLog, error: (message: string) => alarms.push(message) };
  return Anchor.open({ witnesses: [{ key: witnessKey, url: server.url }] }, common, log);
}

function verify(quorum: number) {
  const types: string[] = [];
  const report = verifyLog(join(directory, '_anchor-2026q4'), anchorSigner.vkey, {
    witnesses: [witnessKey],
    quorum,
    onEntry: (entry) => void types.push(parseLeaf(entry).type),
  });
  return { findings: report.findings, types };
}

test('the heads of all logs are in one log, and it is witnessed', async () => {
  const logs = await Promise.all(
    ['acme', 'beta'].map((tenant) => TenantLog.open({ ...common, tenant, prefix: tenant })),
  );
  for (const log of logs) await log.publish();
  const heads = logs.flatMap((log) => log.published ?? []);
  const anchor = await openAnchor();
  await anchor.anchor(heads);
  await anchor.anchor(heads);
  expect(verify(1)).toEqual({ findings: [], types: ['shard.opened', 'anchor.head', 'anchor.head'] });
  await Promise.all([anchor.close(), ...logs.map((log) => log.close())]);
});

test('a heartbeat says what the witnesses have seen', async () => {
  const anchor = await openAnchor();
  await anchor.anchor([]);
  await anchor.heartbeat();
  await anchor.close();
  const beats: Readonly<Record<string, string>>[] = [];
  verifyLog(join(directory, '_anchor-2026q4'), anchorSigner.vkey, {
    onEntry: (entry) => {
      const { type, facts } = parseLeaf(entry);
      if (type === 'audit.heartbeat') beats.push(facts);
      return undefined;
    },
  });
  expect(beats).toMatchObject([{ witnessed_size: '1' }]);
});

test('while the witness is away the log goes on, an alarm is raised, and a leaf tells how long it was', async () => {
  const anchor = await openAnchor();
  await anchor.anchor([]);
  const port = Number(new URL(server.url).port);
  await server.close();
  for (const passed_ms of [30_000, 40_000, 1_000]) {
    now_ms += passed_ms;
    await anchor.heartbeat();
    await anchor.anchor([]);
  }
  expect(alarms).toEqual(['the ledger has not been witnessed']);
  expect(verify(0).findings).toEqual([]);
  expect(verify(1).findings).toHaveLength(1);
  server = await startWitness(port);
  now_ms += 1_000;
  await anchor.heartbeat();
  await anchor.anchor([]);
  await anchor.anchor([]);
  await anchor.close();
  expect(verify(0).types).toContain('anchor.unwitnessed');
  expect(readFileSync(join(directory, '_anchor-2026q4/checkpoint'), 'utf8')).toContain(
    'ledger.example/_anchor',
  );
});
