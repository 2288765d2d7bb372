import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { encodeLeaf } from '#shared/ledger/records/leaf.ts';
import { LogWriter } from '#shared/ledger/writer/log-writer.ts';
import { createMemorySink, type MemorySink } from '#shared/search/memory/sink.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { Copier, type Mismatch } from './copier.ts';

const signer = createNoteSigner('ledger.example/acme', generateKeyPairSync('ed25519').privateKey);
const stream = 'logs-breakwater.audit-test';
let directory: string;
let sink: MemorySink;
let writer: LogWriter;
let mismatches: Mismatch[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'copy-'));
  sink = createMemorySink();
  mismatches = [];
  writer = await LogWriter.open({ directory, log: 'acme', signer });
});
afterEach(async () => {
  await writer.close();
  rmSync(directory, { recursive: true });
});

function leaf(sequence: number): Buffer {
  return encodeLeaf({
    facts: { route: '/v1' },
    log: 'acme',
    outcome: 'success',
    producer: 'api/1',
    received_us: '1700000000000001',
    sequence: String(sequence),
    tenant: 'acme',
    time_us: '1700000000000002',
    type: 'access.read',
  });
}

/** What the sink holds, by id. */
function copies(): Map<string, string> {
  return new Map(sink.documents(stream));
}

/** `stored` stands for what the search engine has; the sink's own copy unless a test changes it. */
function createCopier(stored = copies): Copier {
  return new Copier({
    directory,
    sink,
    reader: {
      read: (_index, ids) =>
        Promise.resolve(
          new Map(
            ids.flatMap((id) => {
              const document = stored().get(id);
              return document === undefined ? [] : [[id, JSON.parse(document)]];
            }),
          ),
        ),
      close: () => Promise.resolve(),
    },
    namespace: 'test',
    log: silentLog,
    onMismatch: (mismatch) => mismatches.push(mismatch),
  });
}

async function addLeaves(from: number, to: number): Promise<void> {
  await writer.append(
    Array.from({ length: to - from }, (_, index) => leaf(from + index)),
    '',
  );
}

test('what is signed is copied once, also by the next process', async () => {
  await addLeaves(0, 2_500);
  await createCopier().copyNew();
  expect(copies().size).toBe(0);
  await writer.publish();
  await createCopier().copyNew();
  await addLeaves(2_500, 2_501);
  await writer.publish();
  const copier = createCopier();
  expect(copier.lag()).toBe(1);
  await copier.copyNew();
  expect(copies().size).toBe(2_501);
  expect(JSON.parse(copies().get('acme:7') ?? '')).toMatchObject({
    '@timestamp': '2023-11-14T22:13:20.000002Z',
    event: { action: 'access.read', original: leaf(7).toString() },
    audit: { log: 'acme', leaf_index: 7, sequence: 7 },
  });
});

test('a document that was deleted or edited is found, in every stretch of the log', async () => {
  await addLeaves(0, 2_500);
  await writer.publish();
  await createCopier().copyNew();
  const tampered = copies();
  tampered.delete('acme:2400');
  tampered.set('acme:10', (tampered.get('acme:10') ?? '').replace('/v1', '/v2'));
  const copier = createCopier(() => tampered);
  for (let round = 0; round < 3; round += 1) await copier.compareSome();
  expect(mismatches).toEqual([
    { log: 'acme', index_first: 0, index_next: 1_000, missing: 0, changed: 1 },
    { log: 'acme', index_first: 2_000, index_next: 2_500, missing: 1, changed: 0 },
  ]);
});

test('an intact copy raises no alarm', async () => {
  await addLeaves(0, 300);
  await writer.publish();
  const copier = createCopier();
  await copier.copyNew();
  for (let round = 0; round < 4; round += 1) await copier.compareSome();
  expect(mismatches).toEqual([]);
});
