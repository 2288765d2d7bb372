import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { leafPseudonym, pseudonymOf } from '#shared/ledger/pseudonym.ts';
import { reidentify } from '#shared/ledger/reidentify.ts';
import { bodySecret, type ExportWorld, someEntries, startWorld } from './export-fixture.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let world: ExportWorld;
const clock = { now_ms: () => Date.UTC(2026, 10, 20, 13) };
const asked = { tenant: 'acme', who: 'carol', reason: 'case 7', signed_ms_max: 500 };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reidentify-'));
  world = await startWorld(folder);
  await world.trail.record(someEntries(20));
});
afterAll(() => rmSync(folder, { recursive: true }));

function ports() {
  return { directory: world.directory, trail: world.trail, bodySecret, clock };
}

test('the pseudonyms of an export lead back to the people, for its purpose and tenant alone', async () => {
  const { id } = await world.exports.request({
    tenant: 'acme',
    requester: 'carol',
    purpose: 'survey',
    ask: { types: ['access.*', 'detection.*', 'batch.*'] },
    bodies: 'redacted',
    redaction: { remove: [], pseudonymise: ['reader'] },
  });
  await world.exports.approve(id, 'dave');
  await world.exports.create(id, join(folder, 'export'));
  const text = readFileSync(join(folder, 'export/bodies.ndjson'), 'utf8');
  const [pseudonym = ''] = /pseudonym:[\w-]+/.exec(text) ?? [];
  const name = await reidentify(ports(), { ...asked, pseudonym, purpose: 'survey' });
  expect(name).toMatch(/^person \d$/);
  expect(pseudonym).toBe(pseudonymOf(bodySecret, 'acme', 'survey', name ?? ''));
  expect(await reidentify(ports(), { ...asked, pseudonym, purpose: 'another' })).toBeUndefined();
  expect(pseudonymOf(bodySecret, 'beta', 'survey', name ?? '')).not.toBe(pseudonym);
});

test('the pseudonyms of leaves lead back to who acted, and each look is a leaf', async () => {
  const pseudonym = leafPseudonym(bodySecret, 'acme', 'dave');
  expect(await reidentify(ports(), { ...asked, pseudonym, purpose: undefined })).toBe('dave');
  const looks = await world.exports.request({
    tenant: 'acme',
    requester: 'carol',
    purpose: 'who looked',
    ask: { types: ['pseudonym.resolved'], actor: 'carol' },
  });
  expect(looks.records).toBe(3);
});

test('without its leaf there is no answer', async () => {
  await world.stop();
  const pseudonym = leafPseudonym(bodySecret, 'acme', 'dave');
  await expect(reidentify(ports(), { ...asked, pseudonym, purpose: undefined })).rejects.toMatchObject({
    code: 'BW_AUDIT_UNSIGNED',
  });
});
