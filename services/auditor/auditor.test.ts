import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { codecs } from '#shared/avro/codecs.ts';
import { createMemoryStream, type MemoryStream } from '#shared/kafka/memory/stream.ts';
import { BodyStore } from '#shared/ledger/bodies/body-store.ts';
import { parseRetentionPolicy } from '#shared/ledger/lifecycle/retention-policy.ts';
import { type Leaf, parseLeaf } from '#shared/ledger/records/leaf.ts';
import { verifyLog } from '#shared/ledger/verify/log.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { createAuditTrail } from '#shared/service/kafka-audit-trail.ts';
import type { Service } from '#shared/service/service.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import type { AuditorOptions } from './auditor-options.ts';
import { createAuditorService } from './auditor.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const signingKey = generateKeyPairSync('ed25519').privateKey;
const bodySecret = randomBytes(32);
let directory: string;
let stream: MemoryStream;
let now_ms: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'auditor-'));
  now_ms = Date.UTC(2026, 10, 20);
  stream = createMemoryStream({ clock: { now_ms: () => now_ms } });
  await stream.createTopics(
    ['audit', 'signals', 'decisions'].map((name) => ({ name, partitions: 3, config: {} })),
  );
});
afterEach(() => rmSync(directory, { recursive: true }));

function createAuditor(instance: string, options: Partial<AuditorOptions> = {}): Service {
  return createAuditorService({
    stream,
    directory,
    origin: 'ledger.example',
    signingKey,
    bodySecret,
    instance,
    tenant: 'default',
    clock: { now_ms: () => now_ms },
    log: silentLog,
    telemetry: noTelemetry,
    ...options,
  });
}

function entry(tenant: string, type: string, facts: Record<string, string> = {}, body?: string): AuditEntry {
  return { tenant, type, time_ns: 1_000n, outcome: 'success', facts, body };
}

async function drain(service: Service): Promise<void> {
  while ((await service.lag()) > 0n) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function runOnce(instance: string): Promise<void> {
  const auditor = createAuditor(instance);
  await auditor.start();
  await drain(auditor);
  await auditor.stop();
}

/** The leaves of a log that verifies. */
function leavesOf(log: string): Leaf[] {
  const leaves: Leaf[] = [];
  const { findings } = verifyLog(
    join(directory, log),
    readFileSync(join(directory, `${log}.vkey`), 'utf8').trim(),
    {
      onEntry: (bytes) => {
        leaves.push(parseLeaf(bytes));
        return undefined;
      },
    },
  );
  expect(findings).toEqual([]);
  return leaves;
}

function typesOf(log: string): string[] {
  return leavesOf(log).map(({ type }) => type);
}

test('every audit record becomes one leaf of its tenant, in order', async () => {
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'runtime/1' });
  await trail.record([
    entry('acme', 'access.read'),
    entry('beta', 'batch.ingest'),
    entry('acme', 'batch.ingest'),
  ]);
  await runOnce('1');
  expect(leavesOf('acme-2026q4').slice(0, 3)).toMatchObject([
    { type: 'shard.opened', producer: 'auditor/1', sequence: '0' },
    { type: 'access.read', producer: 'runtime/1', sequence: '0', source: { topic: 'audit', offset: '0' } },
    { type: 'batch.ingest', producer: 'runtime/1', sequence: '1' },
  ]);
  expect(typesOf('beta-2026q4')).toEqual([
    'shard.opened',
    'batch.ingest',
    'audit.totals',
    'audit.heartbeat',
    'audit.counts',
  ]);
});

test('a record that is delivered again is no second leaf, also after a restart', async () => {
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'runtime/1' });
  await trail.record([entry('acme', 'access.read'), entry('acme', 'access.search')]);
  await runOnce('1');
  const [batch] = await readAll();
  await stream.writer().send(batch ?? []);
  await trail.record([entry('acme', 'access.denied')]);
  await runOnce('2');
  expect(typesOf('acme-2026q4').filter((type) => type.startsWith('access'))).toEqual([
    'access.read',
    'access.search',
    'access.denied',
  ]);
});

test('a hole in the numbers of a producer is a leaf', async () => {
  const trail = createAuditTrail({
    writer: { send: () => Promise.resolve(), close: () => Promise.resolve() },
    producer: 'api/1',
  });
  await trail.record([entry('acme', 'access.read')]);
  const sent: Parameters<ReturnType<typeof stream.writer>['send']>[0][] = [];
  const second = createAuditTrail({
    writer: { send: (records) => Promise.resolve(void sent.push(records)), close: () => Promise.resolve() },
    producer: 'api/1',
  });
  await second.record([
    entry('acme', 'access.read'),
    entry('acme', 'access.read'),
    entry('acme', 'access.search'),
  ]);
  await stream.writer().send(sent[0]?.slice(2) ?? []);
  await runOnce('1');
  expect(leavesOf('acme-2026q4').slice(1, 3)).toMatchObject([
    {
      type: 'audit.gap',
      outcome: 'failure',
      facts: { producer: 'api/1', sequence_from: '0', sequence_to: '2' },
    },
    { type: 'access.search', sequence: '2' },
  ]);
});

test('bytes that are no record leave a leaf, once', async () => {
  await stream.writer().send([{ topic: 'audit', key: 'x', value: Buffer.from('garbage') }]);
  await runOnce('1');
  const { leaf } = place('default-2026q4', 'audit.malformed');
  expect(leaf.facts).toMatchObject({ bytes: '7' });
});

test('a decision is a leaf that says what was decided, and not who decided', async () => {
  const value = codecs.decision.encode({
    id: 'decision-1',
    scope: 'acme',
    time_ns: 5_000n,
    actor: 'alice@example.com',
    action: 'close',
    incident: 'incident-1',
    arguments: {},
    reason: 'asked Alice, she was testing',
  });
  await stream.writer().send([
    { topic: 'decisions', key: 'acme', value },
    { topic: 'decisions', key: 'acme', value: Buffer.from('?') },
  ]);
  await runOnce('1');
  await runOnce('2');
  const leaves = leavesOf('acme-2026q4').filter(({ type }) => type === 'decision.taken');
  expect(leaves).toMatchObject([
    {
      producer: 'auditor/1',
      source: { topic: 'decisions', offset: '0' },
      time_us: '5',
      facts: { decision: 'decision-1', incident: 'incident-1', action: 'close' },
    },
  ]);
  expect(JSON.stringify(leaves)).not.toMatch(/alice/i);
  expect(typesOf('default-2026q4')).toContain('audit.malformed');
});

test('what is personal is in the body, not in the leaf', async () => {
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'api/1' });
  await trail.record([
    entry('acme', 'access.read', { route: '/v1/incidents', who: 'Alice' }, '{"reader":"alice"}'),
  ]);
  await runOnce('1');
  const leaf = leavesOf('acme-2026q4')[1];
  expect(leaf?.facts).toEqual({ route: '/v1/incidents' });
  expect(leaf?.body?.commitment).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify(leaf)).not.toMatch(/alice/i);
});

test('totals obey the equation and counts the number of leaves', async () => {
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'runtime/1' });
  const facts = { records: '10', ok: '7', duplicate: '1', 'drop.late': '1', 'reject.malformed': '1' };
  await trail.record([entry('acme', 'batch.ingest', facts), entry('acme', 'batch.ingest', facts)]);
  await runOnce('1');
  const leaves = leavesOf('acme-2026q4');
  expect(leaves[3]?.facts).toEqual({
    stage: 'batch.ingest',
    batches: '2',
    records: '20',
    ok: '14',
    duplicate: '2',
    'drop.late': '2',
    'reject.malformed': '2',
  });
  expect(leaves[5]?.facts).toEqual({
    'count.shard.opened': '1',
    'count.batch.ingest': '2',
    'count.audit.totals': '1',
    'count.audit.heartbeat': '1',
  });
});

test('in a new quarter a new log goes on where the old one ended', async () => {
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'runtime/1' });
  const auditor = createAuditor('1');
  await auditor.start();
  await trail.record([entry('acme', 'access.read')]);
  await drain(auditor);
  now_ms = Date.UTC(2027, 0, 2);
  await trail.record([entry('acme', 'access.search')]);
  await drain(auditor);
  await auditor.stop();
  expect(typesOf('acme-2026q4')).toEqual(['shard.opened', 'access.read', 'shard.closed']);
  const [first, second] = leavesOf('acme-2027q1');
  expect(first?.facts).toMatchObject({ previous_log: 'acme-2026q4', previous_size: '3' });
  expect(second).toMatchObject({ type: 'access.search', sequence: '1' });
  expect(typesOf('acme-2027q1')).not.toContain('audit.gap');
});

test('checkpoints come while it runs', async () => {
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'runtime/1' });
  const auditor = createAuditor('1', { checkpoint_interval_ms: 10, heartbeat_interval_ms: 10 });
  await auditor.start();
  await trail.record([entry('acme', 'access.read')]);
  await drain(auditor);
  await expect.poll(() => typesOf('acme-2026q4')).toContain('audit.heartbeat');
  await auditor.stop();
});

test('bodies whose time has passed go while it runs, and a leaf says so', async () => {
  const policy = parseRetentionPolicy('default: { classes: { access: { bodies_days: 30 } } }');
  const auditor = createAuditor('1', { checkpoint_interval_ms: 10, retention: { policy, interval_ms: 20 } });
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'api/1' });
  await auditor.start();
  await trail.record([entry('acme', 'access.read', {}, '{"reader":"alice"}')]);
  await drain(auditor);
  await expect.poll(() => typesOf('acme-2026q4')).toContain('access.read');
  now_ms += 31 * 86_400_000;
  await expect.poll(() => typesOf('acme-2026q4')).toContain('retention.applied');
  expect(typesOf('acme-2026q4')).toContain('retention.changed');
  const { index, leaf } = place('acme-2026q4', 'access.read');
  const store = new BodyStore(directory, 'acme-2026q4');
  await expect.poll(() => store.read(index, leaf.body?.commitment ?? '')?.kind).toBe('erased');
  await auditor.stop();
});

test('that the trail is written, and no longer written, is a leaf', async () => {
  const auditor = createAuditor('1', { heartbeat_interval_ms: 60_000 });
  await auditor.start();
  await auditor.stop();
  const types = typesOf('default-2026q4');
  expect(types.indexOf('service.started')).toBeLessThan(types.indexOf('service.stopped'));
  expect(place('default-2026q4', 'audit.heartbeat').leaf.facts['clock_source']).toBe('unknown');
});

test('what somebody changes on the disk is found while it runs, and a leaf says so', async () => {
  const alarms: string[] = [];
  const auditor = createAuditor('1', {
    checkpoint_interval_ms: 10,
    self_check_interval_ms: 10,
    log: { ...silentLog, error: (message: string) => alarms.push(message) },
  });
  const trail = createAuditTrail({ writer: stream.writer(), producer: 'api/1' });
  await auditor.start();
  await trail.record([entry('acme', 'access.read')]);
  await drain(auditor);
  await expect.poll(() => typesOf('acme-2026q4')).toContain('access.read');
  const path = join(directory, 'acme-2026q4/tile/entries/000.p/2');
  writeFileSync(path, readFileSync(path).fill('x', 10, 11));
  await expect.poll(() => alarms).toEqual(['the ledger is not what was signed']);
  await expect.poll(() => typesOf('acme-2026q4')).toContain('ledger.mismatch');
  await auditor.stop();
});

/** The first leaf of a type, and where it is. */
function place(log: string, type: string): { readonly index: number; readonly leaf: Leaf } {
  const leaves = leavesOf(log);
  const index = leaves.findIndex((leaf) => leaf.type === type);
  const leaf = leaves[index];
  if (leaf === undefined) throw new Error(`there is no ${type}`);
  return { index, leaf };
}

/** All records on the topic, as batches that can be sent again. */
async function readAll(): Promise<Parameters<ReturnType<typeof stream.writer>['send']>[0][]> {
  const batches: Parameters<ReturnType<typeof stream.writer>['send']>[0][] = [];
  const reader = stream.reader({
    group: 'copy',
    topics: ['audit'],
    batch_records_max: 100,
    commit: 'handled',
    onGap: () => undefined,
  });
  await reader.start((batch) => {
    batches.push(batch.records.map(({ topic, key, value }) => ({ topic, key, value })));
    return Promise.resolve();
  });
  while ((await reader.lag()) > 0n) await new Promise((resolve) => setTimeout(resolve, 2));
  await reader.stop();
  return batches;
}
