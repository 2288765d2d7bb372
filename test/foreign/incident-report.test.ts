import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import { parseManifest } from '#shared/ledger/evidence/manifest.ts';
import { verifyDerived } from '#shared/ledger/export/derived.ts';
import { recordMilestone } from '#shared/ledger/incident/record-milestone.ts';
import type { IncidentReport } from '#shared/ledger/incident/report.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { bodySecret, type ExportWorld, startWorld } from './export-fixture.ts';
import { resign } from './resign.ts';
import { restore } from './restore.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let world: ExportWorld;
let original: string;
let bundle: string;

const hour_ns = 3_600_000_000_000n;
const start_ns = BigInt(Date.UTC(2026, 10, 20, 1)) * 1_000_000n;

function entry(hours: number, type: string, facts: Record<string, string>): AuditEntry {
  return { tenant: 'acme', type, time_ns: start_ns + BigInt(hours) * hour_ns, outcome: 'success', facts };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  world = await startWorld(folder);
  await world.trail.record([
    entry(0, 'detection.fired', {
      signal: 'S1',
      rule: '<shell>',
      level: 'high',
      family: 'runtime',
      event: 'E1',
      namespaces: 'shop',
    }),
    entry(0, 'detection.fired', {
      signal: 'S2',
      rule: 'token',
      level: 'low',
      family: 'admission',
      event: 'E2',
    }),
    entry(0, 'detection.fired', {
      signal: 'S9',
      rule: 'other',
      level: 'low',
      family: 'runtime',
      event: 'E9',
    }),
    entry(1, 'incident.opened', {
      incident: 'OLD',
      status: 'open',
      score: '60',
      signals: '1',
      members: 'S2',
      opened_because: 'score',
    }),
    entry(1, 'incident.opened', {
      incident: 'INC',
      status: 'open',
      score: '80',
      signals: '1',
      members: 'S1',
      opened_because: 'sequence',
    }),
    entry(2, 'incident.merged', { incident: 'OLD', merged_into: 'INC' }),
    entry(2, 'incident.grown', {
      incident: 'INC',
      status: 'open',
      score: '95',
      signals: '3',
      members: 'S2 S3',
    }),
    entry(3, 'decision.taken', { incident: 'INC', action: 'acknowledge', actor: 'pseudonym:abc' }),
    entry(3, 'incident.status', {
      incident: 'INC',
      status: 'acknowledged',
      before: 'open',
      score: '95',
      signals: '3',
    }),
    entry(4, 'incident.opened', { incident: 'ELSE', status: 'open', members: 'S9' }),
  ]);
  const ports = {
    directory: world.directory,
    trail: world.trail,
    bodySecret,
    clock: { now_ms: () => Date.UTC(2026, 10, 20, 6) },
  };
  await recordMilestone(ports, 'acme', 'INC', { milestone: 'aware', at: '2026-11-20T04:00:00Z' }, 'alice');
  await recordMilestone(
    ports,
    'acme',
    'INC',
    { milestone: 'classified_major', at: '2026-11-20T05:00:00Z' },
    'alice',
  );
  await recordMilestone(
    ports,
    'acme',
    'INC',
    { milestone: 'initial_sent', regime: 'nis2', at: '2026-11-20T06:00:00Z' },
    'alice',
  );
  const asked = await world.exports.request({
    tenant: 'acme',
    requester: 'carol',
    purpose: 'incident report',
    ask: { incident: 'INC' },
    report: true,
  });
  original = join(folder, 'original');
  await world.exports.create(asked.id, original);
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  bundle = join(folder, 'bundle');
  restore(original, bundle);
});

function report(): IncidentReport {
  return JSON.parse(readFileSync(join(bundle, 'incident-report.json'), 'utf8'));
}

async function problems(version = '0.0.0'): Promise<string[]> {
  const manifest = parseManifest(readFileSync(join(bundle, 'manifest.json'), 'utf8'));
  const derived = await verifyDerived(bundle, manifest, version);
  const all = [...verifyBundle(bundle).findings, ...derived.findings];
  return [...all.map(({ where, what }) => `${where}: ${what}`), ...derived.unchecked];
}

test('a report says what is known, with the leaf of each fact, and nothing of other incidents', async () => {
  expect(await problems()).toEqual([]);
  const { known, facts, incident } = report();
  expect(incident).toBe('INC');
  expect(known).toMatchObject({
    opened: '2026-11-20T02:00:00.000000Z',
    opened_because: 'sequence',
    status: 'acknowledged',
    score: '95',
    signals: '3',
    first_detection: '2026-11-20T01:00:00.000000Z',
    detections_on_leaves: '2',
    namespaces: 'shop',
  });
  expect(facts.map(({ type }) => type)).toEqual([
    'detection.fired',
    'detection.fired',
    'incident.opened',
    'incident.opened',
    'incident.merged',
    'incident.grown',
    'decision.taken',
    'incident.status',
    'incident.milestone',
    'incident.milestone',
    'incident.milestone',
  ]);
  const index = readFileSync(join(bundle, 'index.csv'), 'utf8');
  for (const fact of facts) expect(index).toContain(`${fact.log},${fact.index},${fact.leaf_hash},match\n`);
});

test('clocks run from what was recorded', () => {
  const clocks = report().clocks.map(({ regime, duty, due, state }) => [regime, duty, due, state]);
  expect(clocks).toEqual([
    ['nis2', 'early warning', '2026-11-21T04:00:00.000Z', 'met'],
    ['nis2', 'incident notification', '2026-11-23T04:00:00.000Z', 'running'],
    ['nis2', 'final report', undefined, 'unknown'],
    ['dora', 'initial notification', '2026-11-20T09:00:00.000Z', 'overdue'],
    ['dora', 'intermediate report', undefined, 'unknown'],
    ['dora', 'final report', undefined, 'unknown'],
    ['gdpr', 'notification of a personal data breach', '2026-11-23T04:00:00.000Z', 'running'],
  ]);
});

test('what is not known is said', () => {
  expect(report().unknown).toEqual([
    '1 of its 3 signals have no leaf of their own: what says nothing alone is in the leaf of its batch only.',
    'Whether personal data was concerned, and how many people, is not in the ledger.',
  ]);
});

test('a page for people shows text as text', () => {
  const page = readFileSync(join(bundle, 'incident-report.html'), 'utf8');
  expect(page).not.toContain('<shell>');
  expect(page).not.toMatch(/<script|https?:/);
});

test.each([
  ['incident-report.json', '"state": "overdue"', '"state": "met"'],
  ['incident-report.html', 'overdue', 'met'],
  ['incident-report.json', 'score 80', 'score 10'],
])('%s with %s changed, signed anew, is reported', async (name, from, to) => {
  const path = join(bundle, name);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  expect((await problems()).join()).toContain('is not the file that the manifest names');
  resign(bundle);
  expect(await problems()).toEqual([`${name}: does not say what the records and the manifest say`]);
});

test('two exports of histories that fork are reported, whichever is looked at', async () => {
  const ask = { types: ['access.*'] };
  const other = await startWorld(join(folder, 'fork'));
  await other.trail.record([entry(0, 'access.read', {}), entry(1, 'access.read', {})]);
  const { id } = await other.exports.request({ tenant: 'acme', requester: 'carol', purpose: 'p', ask });
  const fork = join(folder, 'forked');
  await other.exports.create(id, fork);
  await other.stop();
  const { checkpoints } = verifyBundle(fork);
  const found = verifyBundle(bundle, { earlier: checkpoints }).findings;
  expect(found[0]?.what).toContain('two histories were signed');
  const back = verifyBundle(fork, { earlier: verifyBundle(bundle).checkpoints }).findings;
  expect(back[0]?.what).toMatch(/an earlier checkpoint signed|two histories were signed/);
});
