import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BodyStore } from '#shared/ledger/bodies/body-store.ts';
import { ErasureOrders } from '#shared/ledger/lifecycle/erasures.ts';
import { Holds } from '#shared/ledger/lifecycle/holds.ts';
import { applyRetention, planRetention, type RetentionPlan } from '#shared/ledger/lifecycle/retention.ts';
import { parseRetentionPolicy } from '#shared/ledger/lifecycle/retention-policy.ts';
import { subjectInLeaves } from '#shared/ledger/lifecycle/subject.ts';
import { leavesOfLog } from '#shared/ledger/lifecycle/tenant-leaves.ts';
import { bodySecret, LedgerWorld } from './testing/ledger-world.ts';

const day_ms = 86_400_000;
let world: LedgerWorld;

beforeEach(async () => {
  world = new LedgerWorld();
  await world.open();
});
afterEach(() => world.remove());

const order = { tenant: 'acme', records: [], basis: 'gdpr-17', reason: 'she asked', requester: 'dpo' };

describe('erasure', () => {
  test('by subject destroys the bodies about a person; leaves and proofs stay, and both steps are leaves', async () => {
    await world.someReads(20);
    const orders = new ErasureOrders(world.ports);
    const asked = await orders.request({ ...order, subject: 'alice' });
    expect(asked.bodies).toBe(10);
    await expect(orders.approve(asked.id, 'dpo', 'fine')).rejects.toMatchObject({
      code: 'BW_LIFECYCLE_REFUSED',
    });
    await orders.approve(asked.id, 'counsel', 'checked against the contract');
    const store = new BodyStore(world.directory, 'acme-2026q1');
    const kinds: (string | undefined)[] = [];
    for await (const { index, leaf } of leavesOfLog(world.directory, 'acme-2026q1')) {
      if (leaf.type === 'access.read' && leaf.body) kinds.push(store.read(index, leaf.body.commitment)?.kind);
    }
    expect(kinds).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'erased' : 'sealed')));
    expect(await world.typesOf()).toEqual(expect.arrayContaining(['erasure.requested', 'erasure.done']));
    expect(world.verify()).toEqual([]);
    expect(world.about('acme-2026q1')).toContain('12 bodies are kept, 10 were erased');
    expect(orders.list()).toMatchObject([{ status: 'done', subject: '' }]);
    await expect(orders.request({ ...order, subject: 'alice' })).rejects.toMatchObject({
      code: 'BW_LIFECYCLE_REFUSED',
    });
  });

  test('by record destroys that body alone', async () => {
    await world.someReads(4);
    const orders = new ErasureOrders(world.ports);
    const { id } = await orders.request({
      ...order,
      subject: '',
      records: [{ log: 'acme-2026q1', index: 2 }],
    });
    expect((await orders.approve(id, 'counsel', 'ok')).erased).toEqual([{ log: 'acme-2026q1', index: 2 }]);
    await orders.resume();
    expect(world.verify()).toEqual([]);
  });

  test('that a crash interrupted after its leaf is ended later', async () => {
    await world.someReads(4);
    const orders = new ErasureOrders(world.ports);
    const { id } = await orders.request({ ...order, subject: 'alice' });
    const crash = vi.spyOn(BodyStore.prototype, 'erase').mockRejectedValueOnce(new Error('crash'));
    await expect(orders.approve(id, 'counsel', 'ok')).rejects.toThrow('crash');
    crash.mockRestore();
    expect(orders.list()).toMatchObject([{ status: 'logged', subject: 'alice' }]);
    expect(world.verify(), 'the leaf is there, the bodies are still').toEqual([]);
    await new ErasureOrders(world.ports).resume();
    expect(orders.list()).toMatchObject([{ status: 'done', subject: '' }]);
    expect(world.about('acme-2026q1')).toContain('2 were erased');
  });

  test('that was refused changes nothing', async () => {
    await world.someReads(4);
    const orders = new ErasureOrders(world.ports);
    const { id } = await orders.request({ ...order, subject: 'bob' });
    await orders.refuse(id, 'counsel', 'still needed');
    await expect(orders.approve(id, 'counsel', 'ok')).rejects.toMatchObject({ code: 'BW_LIFECYCLE_REFUSED' });
    expect(world.about('acme-2026q1')).toContain('0 were erased');
    expect(await world.typesOf()).toContain('erasure.refused');
  });

  test('without a leaf is reported: somebody destroyed a body', async () => {
    await world.someReads(4);
    await new BodyStore(world.directory, 'acme-2026q1').erase([1], 5);
    expect(world.verify()).toEqual([
      'acme-2026q1: body of leaf 1: is gone, and no leaf says that it was erased',
    ]);
    // Who was given the ledger without its bodies has nothing to miss.
    cpSync(world.directory, join(world.folder, 'copy'), {
      recursive: true,
      filter: (path) => !path.includes('.bodies'),
    });
    expect(world.verify({}, join(world.folder, 'copy'))).toEqual([]);
  });
});

describe('a legal hold', () => {
  test('keeps what it covers from erasure, and the refusal is a leaf', async () => {
    await world.someReads(6);
    const held_subject = subjectInLeaves(bodySecret, 'acme', 'dpo');
    const holds = new Holds(world.ports);
    await holds.place({ tenant: 'acme', scope: { held_subject }, reason: 'another case', owner: 'counsel' });
    const orders = new ErasureOrders(world.ports);
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
    expect((await world.typesOf()).filter((type) => type === 'erasure.refused')).toHaveLength(2);
    expect(world.about('acme-2026q1')).toContain('0 were erased');
    await holds.askRelease(hold.id, 'counsel', 'case closed');
    await expect(holds.release(hold.id, 'counsel', 'case closed')).rejects.toThrow('cannot agree');
    await holds.release(hold.id, 'judge', 'confirmed');
    await expect(holds.askRelease(hold.id, 'judge', '')).rejects.toThrow('is released');
    await orders.approve(asked.id, 'counsel', 'ok');
    expect(world.verify()).toEqual([]);
    expect(await world.typesOf()).toEqual(
      expect.arrayContaining(['hold.placed', 'hold.release_asked', 'hold.released']),
    );
  });

  test('must be one that a leaf can show', async () => {
    const scope = { held_subject: 'alice@example.com' };
    await expect(
      new Holds(world.ports).place({ tenant: 'acme', scope, reason: 'x', owner: 'counsel' }),
    ).rejects.toThrow('held_subject');
  });

  test('that was passed over shows in the ledger', async () => {
    await world.someReads(6);
    const hold = await new Holds(world.ports).place({
      tenant: 'acme',
      scope: { held_types: 'access.read' },
      reason: 'case 7',
      owner: 'counsel',
    });
    rmSync(join(world.directory, '.holds'), { recursive: true });
    const orders = new ErasureOrders(world.ports);
    const { id } = await orders.request({ ...order, subject: 'alice' });
    await orders.approve(id, 'counsel', 'ok');
    expect(world.verify()).toEqual([
      `acme-2026q1: leaf 9: erases leaf 1 of acme-2026q1 under the hold ${hold.id}`,
    ]);
  });
});

const policy = parseRetentionPolicy(`
default: { preset: pci-dss, classes: { access: { bodies_days: 30 } } }
pruned_grace_days: 10
`);

function plan(): Promise<RetentionPlan> {
  return planRetention(world.ports, policy, 'acme');
}

describe('retention', () => {
  test('erases the bodies of a class when their time has passed, not before, and says so', async () => {
    await world.someReads(300);
    await world.someReads(5, 'decision.taken');
    expect(await plan()).toMatchObject({ bodies: [], prune: [] });
    world.now_ms += 31 * day_ms;
    const due = await plan();
    expect(due.bodies).toMatchObject([{ log: 'acme-2026q1', record_class: 'access' }]);
    expect(due.bodies[0]?.indexes).toHaveLength(300);
    expect(world.verify(), 'a plan changes nothing').toEqual([]);
    expect(world.about('acme-2026q1')).toContain('305 bodies are kept');
    await applyRetention(world.ports, policy, due);
    expect(world.about('acme-2026q1')).toContain('5 bodies are kept, 300 were erased');
    expect(world.verify()).toEqual([]);
    expect((await plan()).bodies).toEqual([]);
    expect(await world.typesOf()).toContain('retention.applied');
  });

  test('prunes closed logs from the oldest leaf on; what is left verifies and says from where', async () => {
    await world.someReads(600);
    const kept = world.verify();
    await world.nextQuarter();
    await world.someReads(300);
    await world.nextQuarter();
    expect(kept).toEqual([]);
    world.now_ms += 300 * day_ms;
    await world.reopen();
    await world.log.publish();
    const due = await plan();
    expect(due.prune).toEqual([
      { log: 'acme-2026q1', minimum_index: 512 },
      { log: 'acme-2026q2', minimum_index: 256 },
    ]);
    await applyRetention(world.ports, policy, due);
    expect(world.verify()).toEqual([]);
    expect(world.about('acme-2026q1')).toContain('pruned: every leaf from 512 on was checked, none before');
    expect(existsSync(join(world.directory, 'acme-2026q1/tile/entries/000'))).toBe(false);
    expect(existsSync(join(world.directory, 'acme-2026q1/tile/1/000.p/2'))).toBe(true);
    expect(existsSync(join(world.directory, '.pruned/acme-2026q1/tile/entries/000'))).toBe(true);
    expect((await plan()).remove, 'put aside first').toEqual([]);
    world.now_ms += 11 * day_ms;
    const later = await plan();
    expect(later.remove).toEqual(['acme-2026q1', 'acme-2026q2']);
    await applyRetention(world.ports, policy, later);
    expect(existsSync(join(world.directory, '.pruned/acme-2026q1'))).toBe(false);
    expect(world.verify()).toEqual([]);
    expect(world.verify({ minimum_index: 0 }).length, 'who accepts no pruning is told').toBeGreaterThan(0);
  });

  test('never prunes on without a leaf: what somebody takes away is missed', async () => {
    await world.someReads(300);
    await world.nextQuarter();
    writeFileSync(join(world.directory, 'acme-2026q1/minimum-index'), '256\n');
    expect(world.verify(), 'nothing is gone yet').toEqual([]);
    rmSync(join(world.directory, 'acme-2026q1/tile/entries/000'));
    expect(world.verify()).toEqual([
      'acme-2026q1: minimum-index: lacks the leaves before 256, and no leaf says that they were pruned',
    ]);
    expect(world.verify({ minimum_index: 256 })).toEqual([]);
  });

  test('leaves alone what is held, and says so', async () => {
    await world.someReads(600);
    await world.nextQuarter();
    const hold = await new Holds(world.ports).place({
      tenant: 'acme',
      scope: { log: 'acme-2026q1', index_first: '300', index_next: '310' },
      reason: 'case 7',
      owner: 'counsel',
    });
    world.now_ms += 400 * day_ms;
    await world.reopen();
    const due = await plan();
    expect(due.prune).toEqual([{ log: 'acme-2026q1', minimum_index: 256 }]);
    expect(due.held).toEqual([{ hold: hold.id, bodies: 10, logs: ['acme-2026q1'] }]);
    await applyRetention(world.ports, policy, due);
    expect(world.verify()).toEqual([]);
    expect((await world.typesOf()).filter((type) => type === 'hold.refused')).toHaveLength(2);
    world.now_ms += 30 * day_ms;
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
