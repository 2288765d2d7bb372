import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import { isInterrupted, partialFolder, readProgress } from '#shared/ledger/export/progress.ts';
import { bodySecret, type ExportWorld, exportKey, someEntries, startWorld } from './export-fixture.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** Random moments at which a run is killed. */
const runs = Math.ceil(Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 40) / 40);
const save_leaves = 90;
let folder: string;
let world: ExportWorld;
let id: string;
let undisturbed: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'resume-'));
  world = await startWorld(folder);
  await world.trail.record(someEntries(400));
  const ask = { types: ['access.*', 'detection.fired'] };
  const asked = await world.exports.request({
    tenant: 'acme',
    requester: 'carol',
    purpose: 'p',
    ask,
    bodies: 'full',
  });
  id = asked.id;
  await world.exports.approve(id, 'dave');
  undisturbed = join(folder, 'undisturbed');
  expect(write(undisturbed, { die_at: 0 })).toBe(0);
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a child; null when it was killed. */
function write(output: string, { die_at = 0, timeout_ms = 60_000, of = id }): number | null {
  const key = exportKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const script = join(import.meta.dirname, 'export-child.ts');
  const values = [
    world.directory,
    of,
    output,
    key,
    bodySecret.toString('hex'),
    String(save_leaves),
    String(die_at),
  ];
  const { status, signal, stderr } = spawnSync(process.execPath, [script, ...values], {
    timeout: Math.round(timeout_ms),
    killSignal: 'SIGKILL',
  });
  if (status !== 0 && signal !== 'SIGKILL') throw new Error(stderr.toString());
  return status;
}

function contents(path: string): Map<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(path.length), readFileSync(file, 'latin1')]),
  );
}

function expectWhole(output: string): void {
  expect(contents(output)).toEqual(contents(undisturbed));
  expect(verifyBundle(output).findings).toEqual([]);
  expect(isInterrupted(output)).toBe(false);
  expect(existsSync(partialFolder(output))).toBe(false);
  rmSync(output, { recursive: true });
}

describe('an export that is killed goes on where it was and gives the same bytes', () => {
  test('killed at each point that it saves, over and over', () => {
    const output = join(folder, 'each');
    const indexes: number[] = [];
    // Each run saves what it begins with and one point more: the second save is progress.
    while (write(output, { die_at: 2 }) === null) {
      expect(existsSync(output)).toBe(false);
      indexes.push(readProgress(output)?.index ?? -1);
      expect(indexes.length).toBeLessThan(20);
    }
    expect(indexes.length).toBeGreaterThan(2);
    expect(indexes.slice(0, -1)).toEqual(indexes.slice(0, -1).toSorted((a, b) => a - b));
    expectWhole(output);
  });

  test('with lines that reached the disk behind the point, and half a completion', () => {
    const output = join(folder, 'torn');
    expect(write(output, { die_at: 4 })).toBeNull();
    const partial = partialFolder(output);
    for (const name of ['index.csv', 'records.ndjson', 'records.csv', 'bodies.ndjson'])
      appendFileSync(join(partial, name), 'half a li');
    writeFileSync(join(partial, 'records.parquet'), 'PAR1');
    writeFileSync(join(partial, 'manifest.json'), '{');
    writeFileSync(join(partial, 'tlog/acme-2026q4/tile/entries/000'), '');
    expect(write(output, {})).toBe(0);
    expectWhole(output);
  });

  test('killed at any moment', () => {
    for (let run = 0; run < runs; run += 1) {
      const output = join(folder, `any-${run}`);
      // At most twice: starting a process anew takes longer than what is left of the export.
      for (let kills = 0; kills < 2 && !existsSync(output); kills += 1)
        write(output, { timeout_ms: 300 + Math.random() * 600 });
      expect(write(output, {})).toBe(0);
      expectWhole(output);
    }
  });
});

describe('in the service', () => {
  const ask = { types: ['access.*'] };

  test('going on is a leaf, and doing it again changes nothing', async () => {
    const { id: own } = await world.exports.request({
      tenant: 'acme',
      requester: 'carol',
      purpose: 'p',
      ask,
    });
    const output = join(folder, 'own');
    expect(write(output, { die_at: 3, of: own })).toBeNull();
    await expect(world.exports.create(own, output)).resolves.toMatchObject({ id: own });
    const again = await world.exports.create(own, output);
    expect(again.id).toBe(own);
    const { id: later } = await world.exports.request({
      tenant: 'acme',
      requester: 'carol',
      purpose: 'p',
      ask: { facts: { export: own } },
    });
    const manifest = await world.exports.create(later, join(folder, 'later'));
    expect(manifest.counts).toEqual({ 'export.requested': 1, 'export.resumed': 1, 'export.created': 1 });
  });

  test('what is there already is not overwritten', async () => {
    const { id: own } = await world.exports.request({
      tenant: 'acme',
      requester: 'carol',
      purpose: 'p',
      ask,
    });
    await expect(world.exports.create(own, undisturbed)).rejects.toMatchObject({ code: 'BW_EXPORT_REFUSED' });
    const taken = join(folder, 'taken');
    expect(write(taken, { die_at: 2 })).toBeNull();
    await expect(world.exports.create(own, taken)).rejects.toMatchObject({
      code: 'BW_EXPORT_REFUSED',
    });
  });

  test('a cancelled export ends, leaves nothing behind, and cannot go on', async () => {
    const { id: own } = await world.exports.request({
      tenant: 'acme',
      requester: 'carol',
      purpose: 'p',
      ask,
    });
    const output = join(folder, 'cancelled');
    const writing = world.exports.create(own, output);
    const cancelled = world.exports.cancel(own, 'carol');
    await expect(writing).rejects.toMatchObject({ code: 'BW_EXPORT_REFUSED' });
    expect((await cancelled).status).toBe('cancelled');
    expect([existsSync(output), existsSync(partialFolder(output)), isInterrupted(output)]).toEqual([
      false,
      false,
      false,
    ]);
    await expect(world.exports.create(own, output)).rejects.toMatchObject({ code: 'BW_EXPORT_REFUSED' });
  });
});
