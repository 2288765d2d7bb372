import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBundleAside } from '#shared/ledger/export/aside.ts';
import { publishedRanges } from '#shared/ledger/export/published-logs.ts';
import { ExportRequests } from '#shared/ledger/export/requests.ts';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { LogWriter } from '#shared/ledger/writer/log-writer.ts';
import { leafAt } from './ledger-leaves.ts';

/**
 * What an export of many rows costs: `node test/bench/export.ts [rows]`. The export runs in a process of its own, whose
 * largest resident memory is the figure; every leaf of the log matches.
 */
const [rows = '1000000', directory] = process.argv.slice(2);
const memory_bytes_max = 256 * 1024 * 1024;
const batch_leaves = 4_096;
const log = 'acme-2026q4';

if (directory === undefined) await main();
else await exportAll(directory);

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-export-'));
  try {
    await writeLog(folder);
    const { stdout, stderr, status } = spawnSync(process.execPath, [import.meta.filename, rows, folder]);
    if (status !== 0) throw new Error(stderr.toString());
    process.stdout.write(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeLog(folder: string): Promise<void> {
  const signer = createNoteSigner(`bench.example/${log}`, generateKeyPairSync('ed25519').privateKey);
  const writer = await LogWriter.open({ directory: folder, log, signer });
  for (let first = 0; first < Number(rows); first += batch_leaves) {
    const count = Math.min(batch_leaves, Number(rows) - first);
    await writer.append(
      Array.from({ length: count }, (_, at) => leafAt(log, first + at)),
      '',
    );
  }
  await writer.publish();
  await writer.close();
}

async function exportAll(folder: string): Promise<void> {
  const request = new ExportRequests(folder).save({
    tenant: 'acme',
    requester: 'bench',
    purpose: 'bench',
    ask: {},
    bodies: 'none',
    redaction: { remove: [], pseudonymise: [] },
    id: '0123456789abcdef',
    filter_asked: '{}',
    filter: {},
    logs: publishedRanges(folder, 'acme'),
    records: Number(rows),
    needs_approval: false,
    approver: '',
    requested_ms: 0,
    status: 'requested',
  });
  const output = join(folder, 'export');
  const started_ms = performance.now();
  const { counts } = await writeBundleAside(request, output, {
    directory: folder,
    exportKey: generateKeyPairSync('ed25519').privateKey,
    export_name: 'bench.example/export',
    bodySecret: Buffer.alloc(32),
    software_version: '0.0.0',
    earlier: new Map(),
    now_ms: 0,
  });
  const seconds = (performance.now() - started_ms) / 1000;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const bytes = readdirSync(output)
    .map((name) => statSync(join(output, name)))
    .reduce((total, { size }) => total + size, 0);
  const found = Object.values(counts).reduce((total, count) => total + count, 0);
  process.stdout.write(
    `export of ${found.toLocaleString('en')} rows, ${Math.round(bytes / 1e6)} MB: ` +
      `${Math.round(found / seconds).toLocaleString('en')} rows/s, CPU ${Math.round((userCPUTime + systemCPUTime) / found)} µs a row, ` +
      `memory at most ${Math.round(maxRSS / 1024)} MB\n`,
  );
  if (maxRSS * 1024 > memory_bytes_max || found !== Number(rows)) process.exitCode = 1;
}
