import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import { bundleFolder } from '#shared/ledger/export/request.ts';
import { type ExportWorld, someEntries, startWorld } from '../../../test/foreign/export-fixture.ts';
import { orderOf, parseSchedules } from './schedules.ts';
import { ExportWork } from './work.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const schedules = parseSchedules(`
- name: monthly
  cron: '0 3 1 * *'
  tenant: acme
  purpose: monthly review
  period: previous_month
  ask: { types: [access.*] }
- name: bodies
  cron: '0 3 * * 1'
  tenant: acme
  purpose: weekly review
  period: previous_week
  bodies: redacted
  redaction: { pseudonymise: [reader] }
`);
const due_ms = Date.UTC(2026, 11, 2, 3);

describe('schedules', () => {
  it.each([
    ['previous_day', '2026-12-01T00:00:00.000Z', '2026-12-02T00:00:00.000Z'],
    ['previous_week', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
    ['previous_month', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
  ] as const)('%s is whole', (period, from, until) => {
    const [schedule] = schedules;
    if (schedule === undefined) throw new Error('no schedule');
    expect(orderOf({ ...schedule, period }, due_ms).order.ask).toMatchObject({
      from,
      until,
      types: ['access.*'],
    });
  });

  it('ask for the same in every try of one run, and for something else in the next', () => {
    const [schedule] = schedules;
    if (schedule === undefined) throw new Error('no schedule');
    expect(orderOf(schedule, due_ms)).toEqual(orderOf(schedule, due_ms));
    expect(orderOf(schedule, due_ms + 1).id).not.toBe(orderOf(schedule, due_ms).id);
  });

  it.each(['- name: x', 'name: x', `- { name: x, cron: daily, tenant: a, purpose: p }`, '- 1'])(
    'refuse %s',
    (text) => {
      expect(() => parseSchedules(text)).toThrow(/Export schedules/);
    },
  );
});

describe('the work', () => {
  let folder: string;
  let world: ExportWorld;
  let now_ms = Date.UTC(2026, 11, 2);
  let work: ExportWork;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'worker-exports-'));
    world = await startWorld(folder);
    await world.trail.record(someEntries(30));
    work = new ExportWork({
      exports: world.exports,
      data_folder: folder,
      schedules,
      keep_ms: 1_000,
      clock: { now_ms: () => now_ms },
    });
  });
  afterAll(async () => {
    await world.stop();
    rmSync(folder, { recursive: true });
  });

  it('asks once for each run, writes the bundle, and each run is a leaf', async () => {
    const id = await work.ask('monthly', due_ms);
    expect(await work.ask('monthly', due_ms)).toBe(id);
    expect(work.waiting()).toEqual([id]);
    await work.write(id ?? '');
    await work.write(id ?? '');
    expect(verifyBundle(bundleFolder(folder, id ?? '')).findings).toEqual([]);
    expect(work.waiting()).toEqual([]);
    const { records, requester } = world.exports.get(id ?? '');
    expect([records, requester]).toEqual([10, 'service:schedule/monthly']);
    const runs = await world.exports.request({
      tenant: 'acme',
      requester: 'carol',
      purpose: 'p',
      ask: { facts: { schedule: 'monthly' }, actor: 'service:schedule/monthly' },
    });
    expect(runs.records).toBe(1);
    await world.exports.cancel(runs.id, 'carol');
  });

  it('lets a person approve what a schedule asks for, where policy asks', async () => {
    expect(await work.ask('bodies', due_ms)).toBeUndefined();
    const [asked] = world.exports.list().filter(({ schedule }) => schedule === 'bodies');
    expect(work.waiting()).toEqual([]);
    await world.exports.approve(asked?.id ?? '', 'dave');
    expect(work.waiting()).toEqual([asked?.id]);
    await work.write(asked?.id ?? '');
  });

  it('knows no schedule that was taken away', async () => {
    expect(await work.ask('former', due_ms)).toBeUndefined();
  });

  it('removes bundles that were kept for long enough, and says so', async () => {
    const created = world.exports.list().filter(({ status }) => status === 'created');
    expect(created).toHaveLength(2);
    now_ms = Date.UTC(2026, 10, 20, 12);
    await work.expire();
    expect(created.map(({ id }) => existsSync(bundleFolder(folder, id)))).toEqual([true, true]);
    now_ms += 1_000;
    await work.expire();
    expect(created.map(({ id }) => existsSync(bundleFolder(folder, id)))).toEqual([false, false]);
    expect(created.map(({ id }) => world.exports.get(id).status)).toEqual(['expired', 'expired']);
    await expect(world.exports.handOver(created[0]?.id ?? '', 'x')).rejects.toMatchObject({
      code: 'BW_EXPORT_REFUSED',
    });
  });
});
