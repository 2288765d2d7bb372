import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BodyStore } from '#shared/ledger/bodies/body-store.ts';
import { ErasureOrders } from '#shared/ledger/lifecycle/erasures.ts';
import { Holds } from '#shared/ledger/lifecycle/holds.ts';
import type { LifecyclePorts } from '#shared/ledger/lifecycle/ports.ts';
import { applyRetention, planRetention, type RetentionPlan } from '#shared/ledger/lifecycle/retention.ts';
import { parseRetentionPolicy } from '#shared/ledger/lifecycle/retention-policy.ts';
import { subjectInLeaves } from '#shared/ledger/lifecycle/subject.ts';
import { leavesOfLog, logsOfTenant } from '#shared/ledger/lifecycle/tenant-leaves.ts';
import { rotateKey } from '#shared/ledger/rotation/rotate.ts';
import { type KeySource, openKeySource } from '#shared/ledger/rotation/signing-keys.ts';
import type { AuditRecord } from '#shared/avro/types.generated.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import type { ReceivedRecord } from '../../../auditor/leaf-batch.ts';
import { TenantLog } from '../../../auditor/tenant-log.ts';
import { LedgerCheck, type LedgerCheckOptions } from './verify-ledger.ts';

const bodySecret = Buffer.alloc(32, 5);
const day_ms = 86_400_000;
let folder: string;
let directory: string;
let firstKey: string;
let keys: KeySource;
let now_ms: number;
let ports: LifecyclePorts;
let log: TenantLog;
/** What the next record of the producer is numbered. */
let sequence: bigint;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifecycle-'));
  directory = join(folder, 'ledger');
  firstKey = join(folder, 'keys/ledger.pem');
  keys = openKeySource(directory, firstKey);
  now_ms = Date.UTC(2026, 0, 5);
  sequence = 0n;
  ports = { directory, trail: { record }, bodySecret, clock: { now_ms: () => now_ms } };
  log = await openLog();
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true });
});

function openLog(): Promise<TenantLog> {
  return TenantLog.open({
    directory,
    tenant: 'acme',
    prefix: 'acme',
    origin: 'ledger.example',
    signingKey: keys,
    bodySecret,
    producer: 'auditor/1',
    clock: { now_ms: () => now_ms },
    heartbeat_interval_ms: 0,
    onGap: () => undefined,
  });
}

async function record(entries: readonly AuditEntry[]): Promise<void> {
  for (const entry of entries)
    await log.addEntry({ ...entry, body: entry.body === undefined ? null : Buffer.from(entry.body) });
  await log.publish();
}

/** Reads by two people, in turn, one record a leaf. */
async function someReads(count: number, type = 'access.read'): Promise<void> {
  const first = sequence;
  sequence += BigInt(count);
  const received = Array.from({ length: count }, (_, index): ReceivedRecord => {
    const reader = index % 2 === 0 ? 'alice' : 'bob';
    const record: AuditRecord = {
      tenant: 'acme',
      producer: 'api/1',
      sequence: first + BigInt(index),
      type,
      outcome: 'success',
      facts: { route: '/v1/incidents' },
      time_ns: BigInt(now_ms) * 1_000_000n,
      body: Buffer.from(JSON.stringify({ reader, url: '/v1' })),
    };
    const place = { topic: 'audit', partition: 0, offset: record.sequence, received_ms: now_ms };
    return { content: { kind: 'record', record }, ...place };
  });
  await log.add(received);
  await log.publish();
}

/** The next quarter, in a log of its own. */
async function nextQuarter(): Promise<void> {
  await log.close();
  now_ms += 92 * day_ms;
  log = await openLog();
  await log.publish();
}

function verify(options: Partial<LedgerCheckOptions> = {}, where = directory): string[] {
  const check = new LedgerCheck(where, {
    key: undefined,
    witnesses: [],
    quorum: 0,
    kept: [],
    minimum_index: undefined,
    ...options,
  });
  return check
    .reports()
    .flatMap(({ name, findings }) => findings.map((each) => `${name}: ${each.where}: ${each.what}`));
}

function about(name: string): string {
  const options = { key: undefined, witnesses: [], quorum: 0, kept: [], minimum_index: undefined };
  return (
    new LedgerCheck(directory, options)
      .reports()
      .find((report) => report.name === name)
      ?.about.join('\n') ?? ''
  );
}

async function typesOf(): Promise<string[]> {
  const types: string[] = [];
  for (const name of logsOfTenant(directory, 'acme'))
    for await (const { leaf } of leavesOfLog(directory, name)) types.push(leaf.type);
  return types;
}

const order = { tenant: 'acme', records: [], basis: 'gdpr-17', reason: 'she asked', requester: 'dpo' };

describe('erasure', () => {
  test('by subject destroys the bodies about a person; leaves and proofs stay, and both steps are leaves', async () => {
    await someReads(20);
    const orders = new ErasureOrders(ports);
    const asked = await orders.request({ ...order, subject: 'alice' });
    expect(asked.bodies).toBe(10);
    await expect(orders.approve(asked.id, 'dpo', 'fine')).rejects.toMatchObject({
      code: 'BW_LIFECYCLE_REFUSED',
    });
    await orders.approve(asked.id, 'counsel', 'checked against the contract');
    const store = new BodyStore(directory, 'acme-2026q1');
    const kinds: (string | undefined)[] = [];
    for await (const { index, leaf } of leavesOfLog(directory, 'acme-2026q1')) {
      if (leaf.type === 'access.read' && leaf.body) kinds.push(store.read(index, leaf.body.commitment)?.kind);
    }
    expect(kinds).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'erased' : 'sealed')));
    expect(await typesOf()).toEqual(expect.arrayContaining(['erasure.requested', 'erasure.done']));
    expect(verify()).toEqual([]);
    expect(about('acme-2026q1')).toContain('12 bodies are kept, 10 were erased');
    expect(orders.list()).toMatchObject([{ status: 'done', subject: '' }]);
    await expect(orders.request({ ...order, subject: 'alice' })).rejects.toMatchObject({
      code: 'BW_LIFECYCLE_REFUSED',
    });
  });

  test('by record destroys that body alone', async () => {
    await someReads(4);
    const orders = new ErasureOrders(ports);
    const { id } = await orders.request({
      ...order,
      subject: '',
      records: [{ log: 'acme-2026q1', index: 2 }],
    });
    expect((await orders.approve(id, 'counsel', 'ok')).erased).toEqual([{ log: 'acme-2026q1', index: 2 }]);
    await orders.resume();
    expect(verify()).toEqual([]);
  });

  test('that a crash interrupted after its leaf is ended later', async () => {
    await someReads(4);
    const orders = new ErasureOrders(ports);
    const { id } = await orders.request({ ...order, subject: 'alice' });
    const crash = vi.spyOn(BodyStore.prototype, 'erase').mockRejectedValueOnce(new Error('crash'));
    await expect(orders.approve(id, 'counsel', 'ok')).rejects.toThrow('crash');
    crash.mockRestore();
    expect(orders.list()).toMatchObject([{ status: 'logged', subject: 'alice' }]);
    expect(verify(), 'the leaf is there, the bodies are still').toEqual([]);
    await new ErasureOrders(ports).resume();
    expect(orders.list()).toMatchObject([{ status: 'done', subject: '' }]);
    expect(about('acme-2026q1')).toContain('2 were erased');
  });

  test('that was refused changes nothing', async () => {
    await someReads(4);
    const orders = new ErasureOrders(ports);
    const { id } = await orders.request({ ...order, subject: 'bob' });
    await orders.refuse(id, 'counsel', 'still needed');
    await expect(orders.approve(id, 'counsel', 'ok')).rejects.toMatchObject({ code: 'BW_LIFECYCLE_REFUSED' });
    expect(about('acme-2026q1')).toContain('0 were erased');
    expect(await typesOf()).toContain('erasure.refused');
  });

  test('without a leaf is reported: somebody destroyed a body', async () => {
    await someReads(4);
    await new BodyStore(directory, 'acme-2026q1').erase([1], 5);
    expect(verify()).toEqual(['acme-2026q1: body of leaf 1: is gone, and no leaf says that it was erased']);
    // Who was given the ledger without its bodies has nothing to miss.
    cpSync(directory, join(folder, 'copy'), {
      recursive: true,
      filter: (path) => !path.includes('.bodies'),
    });
    expect(verify({}, join(folder, 'copy'))).toEqual([]);
  });
});

describe('a legal hold', () => {
  test('keeps what it covers from erasure, and the refusal is a leaf', async () => {
    await someReads(6);
    const held_subject = subjectInLeaves(bodySecret, 'acme', 'dpo');
    const holds = new Holds(ports);
    await holds.place({ tenant: 'acme', scope: { held_subject }, reason: 'another case', owner: 'counsel' });
    const orders = new ErasureOrders(ports);
    // The other hold is about somebody else.
    const asked = await orders.request({ ...order, subject: 'alice' });
    const hold = await holds.place({
      tenant: 'acme',
      scope: { held_types: 'access.*' },
      reason: 'case 7',
      owner: 'counsel',
    });
    await expect(orders.approve(asked.id, 'counsel', 'ok')).rejects.toThrow(hold.id);
    await expect(orders.request({ ...order, subject: 'bob' })).rejects.toThrow(hold.id);
    expect((await typesOf()).filter((type) => type === 'erasure.refused')).toHaveLength(2);
    expect(about('acme-2026q1')).toContain('0 were erased');
    await holds.askRelease(hold.id, 'counsel', 'case closed');
    await expect(holds.release(hold.id, 'counsel', 'case closed')).rejects.toThrow('cannot agree');
    await holds.release(hold.id, 'judge', 'confirmed');
    await expect(holds.askRelease(hold.id, 'judge', '')).rejects.toThrow('is released');
    await orders.approve(asked.id, 'counsel', 'ok');
    expect(verify()).toEqual([]);
    expect(await typesOf()).toEqual(
      expect.arrayContaining(['hold.placed', 'hold.release_asked', 'hold.released']),
    );
  });

  test('must be one that a leaf can show', async () => {
    const scope = { held_subject: 'alice@example.com' };
    await expect(
      new Holds(ports).place({ tenant: 'acme', scope, reason: 'x', owner: 'counsel' }),
    ).rejects.toThrow('held_subject');
  });

  test('that was passed over shows in the ledger', async () => {
    await someReads(6);
    const hold = await new Holds(ports).place({
      tenant: 'acme',
      scope: { held_types: 'access.read' },
      reason: 'case 7',
      owner: 'counsel',
    });
    rmSync(join(directory, '.holds'), { recursive: true });
    const orders = new ErasureOrders(ports);
    const { id } = await orders.request({ ...order, subject: 'alice' });
    await orders.approve(id, 'counsel', 'ok');
    expect(verify()).toEqual([`acme-2026q1: leaf 9: erases leaf 1 of acme-2026q1 under the hold ${hold.id}`]);
  });
});

const policy = parseRetentionPolicy(`
default: { preset: pci-dss, classes: { access: { bodies_days: 30 } } }
pruned_grace_days: 10
`);

function plan(): Promise<RetentionPlan> {
  return planRetention(ports, policy, 'acme');
}

describe('retention', () => {
  test('erases the bodies of a class when their time has passed, not before, and says so', async () => {
    await someReads(300);
    await someReads(5, 'decision.taken');
    expect(await plan()).toMatchObject({ bodies: [], prune: [] });
    now_ms += 31 * day_ms;
    const due = await plan();
    expect(due.bodies).toMatchObject([{ log: 'acme-2026q1', record_class: 'access' }]);
    expect(due.bodies[0]?.indexes).toHaveLength(300);
    expect(verify(), 'a plan changes nothing').toEqual([]);
    expect(about('acme-2026q1')).toContain('305 bodies are kept');
    await applyRetention(ports, policy, due);
    expect(about('acme-2026q1')).toContain('5 bodies are kept, 300 were erased');
    expect(verify()).toEqual([]);
    expect((await plan()).bodies).toEqual([]);
    expect(await typesOf()).toContain('retention.applied');
  });

  test('prunes closed logs from the oldest leaf on; what is left verifies and says from where', async () => {
    await someReads(600);
    const kept = verify();
    await nextQuarter();
    await someReads(300);
    await nextQuarter();
    expect(kept).toEqual([]);
    now_ms += 300 * day_ms;
    await log.close();
    log = await openLog();
    await log.publish();
    const due = await plan();
    expect(due.prune).toEqual([
      { log: 'acme-2026q1', minimum_index: 512 },
      { log: 'acme-2026q2', minimum_index: 256 },
    ]);
    await applyRetention(ports, policy, due);
    expect(verify()).toEqual([]);
    expect(about('acme-2026q1')).toContain('pruned: every leaf from 512 on was checked, none before');
    expect(existsSync(join(directory, 'acme-2026q1/tile/entries/000'))).toBe(false);
    expect(existsSync(join(directory, 'acme-2026q1/tile/1/000.p/2'))).toBe(true);
    expect(existsSync(join(directory, '.pruned/acme-2026q1/tile/entries/000'))).toBe(true);
    expect((await plan()).remove, 'put aside first').toEqual([]);
    now_ms += 11 * day_ms;
    const later = await plan();
    expect(later.remove).toEqual(['acme-2026q1', 'acme-2026q2']);
    await applyRetention(ports, policy, later);
    expect(existsSync(join(directory, '.pruned/acme-2026q1'))).toBe(false);
    expect(verify()).toEqual([]);
    expect(verify({ minimum_index: 0 }).length, 'who accepts no pruning is told').toBeGreaterThan(0);
  });

  test('never prunes on without a leaf: what somebody takes away is missed', async () => {
    await someReads(300);
    await nextQuarter();
    writeFileSync(join(directory, 'acme-2026q1/minimum-index'), '256\n');
    expect(verify(), 'nothing is gone yet').toEqual([]);
    rmSync(join(directory, 'acme-2026q1/tile/entries/000'));
    expect(verify()).toEqual([
      'acme-2026q1: minimum-index: lacks the leaves before 256, and no leaf says that they were pruned',
    ]);
    expect(verify({ minimum_index: 256 })).toEqual([]);
  });

  test('leaves alone what is held, and says so', async () => {
    await someReads(600);
    await nextQuarter();
    const hold = await new Holds(ports).place({
      tenant: 'acme',
      scope: { log: 'acme-2026q1', index_first: '300', index_next: '310' },
      reason: 'case 7',
      owner: 'counsel',
    });
    now_ms += 400 * day_ms;
    await log.close();
    log = await openLog();
    const due = await plan();
    expect(due.prune).toEqual([{ log: 'acme-2026q1', minimum_index: 256 }]);
    expect(due.held).toEqual([{ hold: hold.id, bodies: 10, logs: ['acme-2026q1'] }]);
    await applyRetention(ports, policy, due);
    expect(verify()).toEqual([]);
    expect((await typesOf()).filter((type) => type === 'hold.refused')).toHaveLength(2);
    now_ms += 30 * day_ms;
    expect((await plan()).remove, 'nothing is removed for good while anything is held').toEqual([]);
  });

  test('a policy that is not understood is refused', () => {
    expect(() => parseRetentionPolicy('tenants: { acme: { preset: forever } }')).toThrow('retention policy');
    expect(() => parseRetentionPolicy('tenant: {}')).toThrow('retention policy');
    expect(parseRetentionPolicy('').keep('acme', 'access')).toEqual({ bodies_days: 396, leaves_days: 396 });
    const own = parseRetentionPolicy(
      '{ tenants: { acme: { preset: hipaa, classes: { pipeline: { bodies_days: 3000 } } } } }',
    );
    expect(own.keep('acme', 'pipeline')).toEqual({ bodies_days: 3_000, leaves_days: 3_000 });
    expect(own.keep('acme', 'access').leaves_days).toBe(2_192);
    expect(own.keep('other', 'access').leaves_days).toBe(396);
    expect(own.sha256).not.toBe(parseRetentionPolicy('').sha256);
  });
});

describe('a rotated key', () => {
  async function rotate(overlap_ms: number): Promise<void> {
    now_ms += 1_000;
    await rotateKey({ directory, firstKey, keys, operator: 'ledger.example', now_ms, overlap_ms });
    now_ms += 1_000;
    await log.heartbeat();
    await log.publish();
  }

  function vkey(): string {
    return about('acme-2026q1').match(/you were given: (\S+)/)?.[1] ?? '';
  }

  test('is followed from the first key; during the overlap both sign', async () => {
    await someReads(3);
    const first = vkey();
    await rotate(5 * day_ms);
    expect(vkey()).not.toBe(first);
    expect(about('acme-2026q1').match(/signed by/g)).toHaveLength(2);
    expect(verify({ key: first })).toEqual([]);
    now_ms += 6 * day_ms;
    await someReads(1);
    expect(about('acme-2026q1').match(/signed by/g)).toHaveLength(1);
    expect(verify({ key: first })).toEqual([]);
    expect(verify({ key: vkey() })).toEqual([]);
    expect((await typesOf()).filter((type) => type === 'key.rotated')).toHaveLength(1);
    await rotate(0);
    await nextQuarter();
    expect(verify({ key: first })).toEqual([]);
    expect((await typesOf()).filter((type) => type === 'key.rotated')).toHaveLength(2);
    rmSync(join(directory, 'key-rotations'), { recursive: true });
    expect(verify({ key: first })).not.toEqual([]);
  });

  test('is no key at all without the note that both keys signed', async () => {
    await someReads(3);
    const first = vkey();
    await log.close();
    const stranger = generateKeyPairSync('ed25519').privateKey;
    keys = () => ({ current: stranger, previous: [], rotation: undefined });
    log = await openLog();
    await someReads(1);
    expect(verify({ key: first })).toEqual(['acme-2026q1: checkpoint: no signature of a known key']);
  });

  test('of which no leaf tells is reported', async () => {
    await someReads(3);
    const first = vkey();
    now_ms += 1_000;
    await rotateKey({ directory, firstKey, keys, operator: 'ledger.example', now_ms, overlap_ms: 0 });
    await log.close();
    const { current } = keys(now_ms + 1_000);
    const quiet: KeySource = () => ({ current, previous: [], rotation: undefined });
    const told = keys;
    keys = quiet;
    now_ms += 2_000;
    log = await openLog();
    await someReads(1);
    keys = told;
    expect(verify({ key: first })).toEqual([
      'acme-2026q1: checkpoint: is signed by a later key, and no leaf says that the key was rotated',
    ]);
  });

  test('cannot go on signing by itself when its time is over', async () => {
    await someReads(3);
    const first = vkey();
    const { current } = keys(now_ms);
    await rotate(0);
    await log.close();
    const told = keys;
    keys = () => ({ current, previous: [], rotation: undefined });
    now_ms += 5_000;
    log = await openLog();
    await someReads(1);
    keys = told;
    expect(verify({ key: first })).toEqual([
      'acme-2026q1: checkpoint: is signed by a key that was rotated away before its last leaf',
    ]);
  });
});
