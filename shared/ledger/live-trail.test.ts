import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { requireLiveLedger } from './live-trail.ts';

const entry: AuditEntry = { tenant: 'acme', type: 'access.read', time_ns: 1n, outcome: 'success', facts: {} };
const silent = { code: 'BW_AUDIT_SILENT' };
let directory: string;
let now_ms: number;
let recorded: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'live-'));
  now_ms = 1_000_000_000;
  recorded = 0;
});
afterEach(() => rmSync(directory, { recursive: true }));

function sign(log: string): void {
  mkdirSync(join(directory, log), { recursive: true });
  writeFileSync(join(directory, `${log}.vkey`), '');
  writeFileSync(join(directory, log, 'checkpoint'), '');
  utimesSync(join(directory, log, 'checkpoint'), now_ms / 1000, now_ms / 1000);
}

function open() {
  const count = (entries: readonly AuditEntry[]): Promise<void> => {
    recorded += entries.length;
    return Promise.resolve();
  };
  return requireLiveLedger({ record: count }, directory, 60_000, () => now_ms);
}

test('while the ledger is signed, records are taken; when nobody signs any more, they are refused', async () => {
  sign('old-2026q3');
  now_ms += 1_000_000;
  sign('acme-2026q4');
  const trail = open();
  now_ms += 60_000;
  await trail.record([entry]);
  now_ms += 1;
  await expect(trail.record([entry])).rejects.toMatchObject(silent);
  sign('acme-2026q4');
  await trail.record([entry]);
  expect(recorded).toBe(2);
});

test('without a ledger everything is refused', async () => {
  await expect(open().record([entry])).rejects.toMatchObject(silent);
  writeFileSync(join(directory, 'acme-2026q4.vkey'), '');
  await expect(open().record([entry])).rejects.toMatchObject(silent);
  rmSync(directory, { recursive: true });
  await expect(open().record([entry])).rejects.toMatchObject(silent);
  mkdirSync(directory);
  expect(recorded).toBe(0);
});
