import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import { writeBundle } from '#shared/ledger/export/bundle-writer.ts';
import { publishedRanges } from '#shared/ledger/export/published-logs.ts';
import { pruneLog } from '#shared/ledger/lifecycle/prune.ts';
import { bodySecret, exportKey, export_name, someEntries, startWorld } from './export-fixture.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000 });

test('of a pruned log everything that is left is exported, and proves itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'export-pruned-'));
  const world = await startWorld(folder);
  await world.trail.record(someEntries(900));
  const asked = await world.exports.request({
    tenant: 'acme',
    requester: 'carol',
    purpose: 'p',
    ask: { types: ['access.*'] },
  });
  await world.stop();
  await pruneLog(world.directory, 'acme-2026q4', 600, 0);
  const [range] = publishedRanges(world.directory, 'acme');
  expect(range?.range_first).toBe(600);
  const logs = asked.logs.map((each) => ({ ...each, range_first: range?.range_first ?? 0 }));
  const output = join(folder, 'export');
  const manifest = await writeBundle({ ...asked, logs }, output, {
    directory: world.directory,
    exportKey,
    export_name,
    bodySecret,
    software_version: '0.0.0',
    earlier: new Map([['acme-2026q4', [700]]]),
    now_ms: 0,
  });
  expect(manifest.logs[0]).toMatchObject({ range_first: 600, matching: 100 });
  expect(verifyBundle(output).findings).toEqual([]);
  rmSync(folder, { recursive: true });
});
