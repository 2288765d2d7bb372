import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import { parseManifest } from '#shared/ledger/evidence/manifest.ts';
import { verifyDerived } from '#shared/ledger/export/derived.ts';

/** Bundles as former versions wrote them; one is added when the form of bundles or leaves changes, none is changed. */
const bundles = ['export-v1'];

test.each(bundles)('%s verifies for ever', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'versions-'));
  const archive = join(import.meta.dirname, 'fixtures', `${name}.tar.gz`);
  expect(spawnSync('tar', ['-xzf', archive, '-C', folder]).status).toBe(0);
  const bundle = join(folder, name);
  const { findings, manifest } = verifyBundle(bundle);
  expect(findings).toEqual([]);
  expect(manifest?.bodies).toMatchObject({ policy: 'redacted', open: 0 });
  const text = readFileSync(join(bundle, 'manifest.json'), 'utf8');
  expect((await verifyDerived(bundle, parseManifest(text), 'a later version')).findings).toEqual([]);
  rmSync(folder, { recursive: true });
});
