import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { parquetWriteFile } from 'hyparquet-writer';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { columns } from '#shared/ledger/evidence/csv.ts';
import { type BundleOptions, verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import type { Manifest } from '#shared/ledger/evidence/manifest.ts';
import { parseManifest } from '#shared/ledger/evidence/manifest.ts';
import { verifyDerived } from '#shared/ledger/export/derived.ts';
import type { ExportOrder } from '#shared/ledger/export/request.ts';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { parseCheckpointText } from '#shared/ledger/verify/checkpoint.ts';
import { splitNote } from '#shared/ledger/verify/note.ts';
import { type ExportWorld, export_name, someEntries, startWorld } from './export-fixture.ts';
import { resign } from './resign.ts';
import { restore } from './restore.ts';

// A request waits until its leaf is signed.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const order: ExportOrder = {
  tenant: 'acme',
  requester: 'carol',
  purpose: 'yearly audit',
  ask: { types: ['access.*', 'detection.fired'], outcome: 'success' },
};
let folder: string;
let world: ExportWorld;
let original: string;
let bundle: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  world = await startWorld(folder);
  await world.trail.record(someEntries(300));
  const { id } = await world.exports.request({ ...order, bodies: 'full' });
  await world.exports.approve(id, 'dave');
  original = join(folder, 'original');
  await world.exports.create(id, original);
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  bundle = join(folder, 'bundle');
  restore(original, bundle);
});

function findings(options: BundleOptions = {}): string[] {
  return verifyBundle(bundle, options).findings.map(({ where, what }) => `${where}: ${what}`);
}

function edit(name: string, change: (text: string) => string): void {
  writeFileSync(join(bundle, name), change(readFileSync(join(bundle, name), 'utf8')));
}

function dropLine(name: string, pattern: RegExp): void {
  edit(name, (text) => {
    const lines = text.split('\n');
    lines.splice(
      lines.findIndex((line) => pattern.test(line)),
      1,
    );
    return lines.join('\n');
  });
}

test('an export verifies on its own', () => {
  expect(findings()).toEqual([]);
  const manifest = parseManifest(readFileSync(join(bundle, 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({
    requester: 'carol',
    approver: 'dave',
    counts: { 'access.read': 85, 'detection.fired': 86 },
  });
  expect(manifest.logs[0]).toMatchObject({ range_first: 0, matching: 171 });
});

test('formats agree, and a cell that looks like a formula is none', async () => {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(bundle, 'records.parquet')) });
  const csv = readFileSync(join(bundle, 'records.csv'), 'utf8').trim().split('\r\n');
  const records = readFileSync(join(bundle, 'records.ndjson'), 'utf8').trim().split('\n');
  expect([rows.length, csv.length - 1, records.length]).toEqual([171, 171, 171]);
  expect(rows[0]).toMatchObject({ log: 'acme-2026q4', type: 'detection.fired', index: '3' });
  expect(readFileSync(join(bundle, 'report.pdf'), 'latin1')).toMatch(
    /^%PDF-1\.4\n[^]*yearly audit[^]*%%EOF\n$/,
  );
});

test('the same request gives the same records, whatever was logged since', async () => {
  const { id } = await world.exports.request(order);
  await world.exports.create(id, join(folder, 'one'));
  await world.trail.record(someEntries(10).map((entry) => ({ ...entry, type: 'access.read' })));
  await world.exports.create(id, join(folder, 'two'));
  for (const name of ['records.ndjson', 'records.csv', 'records.parquet', 'index.csv']) {
    expect(
      readFileSync(join(folder, 'one', name)).equals(readFileSync(join(folder, 'two', name))),
      name,
    ).toBe(true);
  }
  rmSync(join(folder, 'one'), { recursive: true });
  rmSync(join(folder, 'two'), { recursive: true });
});

describe('an outsider who changes a file is reported', () => {
  test.each([
    'manifest.json',
    'manifest.note',
    'records.ndjson',
    'records.csv',
    'records.parquet',
    'report.pdf',
    'index.csv',
    'bodies.ndjson',
    'SHA256SUMS',
    'VERIFY.md',
    'keys/acme-2026q4.vkey',
    'tlog/acme-2026q4/checkpoint',
    'tlog/acme-2026q4/tile/entries/000',
    'tlog/acme-2026q4/tile/0/000',
  ])('%s', (name) => {
    const bytes = readFileSync(join(bundle, name));
    const at = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(join(bundle, name), bytes);
    expect(findings()).not.toEqual([]);
  });

  test('a hand-over that was changed', () => {
    edit('custody.ndjson', (text) => text.replace('"sequence":0', '"sequence":1'));
    expect(findings()).toEqual(['custody.ndjson: line 1 does not follow the line before']);
  });

  test('a file added', () => {
    writeFileSync(join(bundle, 'extra.txt'), 'x');
    expect(findings()).toEqual(['extra.txt: is not in the manifest']);
  });

  test('a file removed', () => {
    rmSync(join(bundle, 'report.pdf'));
    expect(findings()).toEqual(['report.pdf: is missing']);
  });
});

describe('an insider who signs a falsified export anew is reported', () => {
  test('and one who changes nothing is not', () => {
    resign(bundle);
    expect(findings()).toEqual([]);
  });

  const cases: Record<string, () => void> = {
    'a matching row dropped from records.ndjson': () => dropLine('records.ndjson', /"sequence":"3"/),
    'a matching row dropped from records.csv': () => dropLine('records.csv', /acme-2026q4,4,/),
    'a row dropped from index.csv': () => dropLine('index.csv', /acme-2026q4,4,/),
    'a matching row relabelled': () => edit('index.csv', (text) => text.replace(',match', ',other')),
    'a row edited in records.csv': () => edit('records.csv', (text) => text.replace('rule-1', 'rule-2')),
    'a record edited in records.ndjson': () =>
      edit('records.ndjson', (text) => text.replace('rule-1', 'rule-2')),
    'a row added': () => edit('records.ndjson', (text) => `${text}${text.split('\n')[0]}\n`),
    'rows exchanged': () => edit('records.ndjson', (text) => text.replace(/^(.*\n)(.*\n)/, '$2$1')),
    'the body of another leaf': () => edit('bodies.ndjson', (text) => text.replace('person 0', 'person 1')),
    'another salt': () => edit('bodies.ndjson', (text) => text.replace(/"salt":"[^"]{4}/, '"salt":"AAAA')),
    'a body called erased': () =>
      edit('bodies.ndjson', (text) => text.replace(/"status":"open".*/, '"status":"erased"}')),
  };
  test.each(Object.entries(cases))('%s', (_name, falsify) => {
    falsify();
    resign(bundle);
    expect(findings()).not.toEqual([]);
  });

  test('a row dropped from every listing, with the counts to fit', () => {
    dropLine('records.ndjson', /"sequence":"3"/);
    dropLine('records.csv', /acme-2026q4,5,/);
    dropLine('index.csv', /acme-2026q4,5,/);
    resign(bundle, (manifest) => ({
      ...manifest,
      counts: { ...manifest.counts, 'access.read': (manifest.counts['access.read'] ?? 0) - 1 },
      logs: manifest.logs.map((log) => ({ ...log, matching: log.matching - 1 })),
    }));
    expect(findings()).not.toEqual([]);
  });

  test.each<[string, (manifest: Manifest) => Manifest]>([
    ['another filter', (manifest) => ({ ...manifest, filter: { ...manifest.filter, outcome: 'failure' } })],
    [
      'a shorter range',
      (manifest) => ({
        ...manifest,
        logs: manifest.logs.map((log) => ({ ...log, range_next: log.range_next - 100 })),
      }),
    ],
    [
      'another root',
      (manifest) => ({ ...manifest, logs: manifest.logs.map((log) => ({ ...log, root: '00'.repeat(32) })) }),
    ],
    ['other counts', (manifest) => ({ ...manifest, counts: { ...manifest.counts, 'access.read': 1 } })],
    ['the id of another export', (manifest) => ({ ...manifest, id: '0123456789abcdef' })],
    ['no bodies', (manifest) => ({ ...manifest, bodies: { ...manifest.bodies, policy: 'none' } })],
  ])('a manifest with %s', (_name, change) => {
    resign(bundle, change);
    expect(findings()).not.toEqual([]);
  });
});

test('a bundle signed by a key that the reader does not trust is reported', () => {
  const stranger = createNoteSigner(export_name, generateKeyPairSync('ed25519').privateKey);
  expect(findings({ exportKey: stranger.vkey })).toEqual(['manifest.json: no signature of a known key']);
});

test('exports of histories that contradict each other are told apart from exports of one that grew', async () => {
  const checkpoint = readFileSync(join(original, 'tlog/acme-2026q4/checkpoint'));
  const known = parseCheckpointText(splitNote(checkpoint).text);
  const { id } = await world.exports.request(order);
  rmSync(bundle, { recursive: true });
  await world.exports.create(id, bundle);
  expect(findings({ earlier: [known] })).toEqual([]);
  const fork = { ...known, root: Buffer.alloc(32, 1) };
  expect(findings({ earlier: [fork] })[0]).toContain('two histories were signed');
  expect(findings({ earlier: [{ ...known, size: 1e6 }] })[0]).toContain(
    'an earlier checkpoint signed 1000000',
  );
});

describe('the steps of an export', () => {
  test('bodies and bulk need a second person, who is not the first', async () => {
    const { id, needs_approval } = await world.exports.request({ ...order, bodies: 'redacted' });
    expect(needs_approval).toBe(true);
    await expect(world.exports.create(id, join(folder, 'no'))).rejects.toMatchObject({
      code: 'BW_EXPORT_REFUSED',
    });
    await expect(world.exports.approve(id, 'carol')).rejects.toMatchObject({ code: 'BW_EXPORT_REFUSED' });
    await world.exports.refuse(id, 'dave');
    await expect(world.exports.approve(id, 'dave')).rejects.toMatchObject({ code: 'BW_EXPORT_REFUSED' });
    await expect(world.exports.create(id, join(folder, 'no'))).rejects.toMatchObject({
      code: 'BW_EXPORT_REFUSED',
    });
  });

  test('without a leaf nothing goes on', async () => {
    const refusing = await startWorld(join(folder, 'refusing'), {
      trail: { record: () => Promise.reject(new Error('the auditor is down')) },
    });
    await expect(refusing.exports.request(order)).rejects.toThrow('the auditor is down');
    expect(refusing.exports.list()).toEqual([]);
    await refusing.stop();
  });

  test('redacted bodies say what was removed, and a person has one pseudonym for a purpose', async () => {
    const redaction = { remove: ['secret'], pseudonymise: ['reader'] };
    const { id } = await world.exports.request({ ...order, bodies: 'redacted', redaction });
    await world.exports.approve(id, 'dave');
    rmSync(bundle, { recursive: true });
    await world.exports.create(id, bundle);
    expect(findings()).toEqual([]);
    const text = readFileSync(join(bundle, 'bodies.ndjson'), 'utf8');
    expect(text).not.toContain('person');
    expect(text).toContain('"secret":"[redacted]"');
    expect(new Set(text.match(/pseudonym:[\w-]+/g)).size).toBe(3);
  });

  test('every step is a leaf', async () => {
    const { id } = await world.exports.request(order);
    rmSync(bundle, { recursive: true });
    await world.exports.create(id, bundle);
    await world.exports.handOver(id, 'auditor of the year');
    const { id: later } = await world.exports.request({ ...order, ask: { facts: { export: id } } });
    rmSync(bundle, { recursive: true });
    const manifest = await world.exports.create(later, bundle);
    expect(manifest.counts).toEqual({ 'export.requested': 1, 'export.created': 1, 'export.downloaded': 1 });
  });
});

describe('Parquet and PDF', () => {
  const derived = async (version: string): Promise<readonly string[]> => {
    const manifest = parseManifest(readFileSync(join(bundle, 'manifest.json'), 'utf8'));
    const { findings: found, unchecked } = await verifyDerived(bundle, manifest, version);
    return [...found.map(({ where, what }) => `${where}: ${what}`), ...unchecked];
  };

  test('are as the records and the manifest say', async () => {
    expect(await derived('0.0.0')).toEqual([]);
  });

  test('of another version: Parquet is compared, the PDF is said not to be', async () => {
    expect(await derived('9.9.9')).toEqual(['report.pdf was laid out by version 0.0.0; it proves nothing']);
  });

  const rows = async (): Promise<Record<string, unknown>[]> =>
    parquetReadObjects({ file: await asyncBufferFromFile(join(bundle, 'records.parquet')) });
  const rewrite = (all: readonly Record<string, unknown>[], names: readonly string[] = columns): void =>
    parquetWriteFile({
      filename: join(bundle, 'records.parquet'),
      columnData: names.map((name) => ({
        name,
        data: all.map((row) => String(row[name])),
        type: 'STRING',
        nullable: false,
      })),
    });

  const falsifications: Record<string, () => Promise<void>> = {
    'a row dropped': async () => rewrite((await rows()).toSpliced(7, 1)),
    'the last row dropped': async () => rewrite((await rows()).slice(0, -1)),
    'a row added': async () => {
      const all = await rows();
      rewrite([...all, ...all.slice(-1)]);
    },
    'a row that says another type': async () =>
      rewrite((await rows()).map((row, at) => (at === 9 ? { ...row, type: 'batch.ingest' } : row))),
    'a row that says another leaf': async () =>
      rewrite((await rows()).map((row, at) => (at === 9 ? { ...row, index: '0' } : row))),
    'rows exchanged': async () => {
      const [first, second, ...rest] = await rows();
      rewrite([second, first, ...rest].filter((row) => row !== undefined));
    },
    'a column left out': async () => rewrite(await rows(), columns.slice(0, -1)),
    'no Parquet at all': () => {
      writeFileSync(join(bundle, 'records.parquet'), 'PAR1');
      return Promise.resolve();
    },
  };
  test.each(Object.entries(falsifications))('%s, signed anew, is reported', async (_name, falsify) => {
    await falsify();
    resign(bundle);
    expect(findings()).toEqual([]);
    expect((await derived('0.0.0')).filter((each) => each.startsWith('records.parquet'))).toHaveLength(1);
    expect((await derived('9.9.9')).filter((each) => each.startsWith('records.parquet'))).toHaveLength(1);
  });

  test('a PDF that says something else', async () => {
    edit('report.pdf', (text) => text.replace('yearly', 'weekly'));
    resign(bundle);
    expect(await derived('0.0.0')).toEqual([
      'report.pdf: does not say what the records and the manifest say',
    ]);
  });
});
