import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { signalsOf } from '#shared/ingest/signals.ts';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { TreeReader } from '#shared/ledger/proof.ts';
import { detectionFacts, partsHash, signalHash } from '#shared/ledger/records/detection.ts';
import { requestTimestamp } from '#shared/ledger/timestamp/timestamp.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { batchEntry } from '#shared/service/batch-audit.ts';
import { createCorrelations } from '#shared/sigma/correlation/create-correlations.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { readEventFile } from '../../services/standalone/events/read-file.ts';
import { bodySecret, export_name, signingKey, someEntries, startWorld } from './export-fixture.ts';
import { startTimestampAuthority, type TimestampAuthority } from './timestamp-authority.ts';
import { hasProgram } from './tools.ts';

/** The pages whose commands are run as they stand. */
const root = join(import.meta.dirname, '../..');
const anchor = '_anchor-2026q4';
let folder: string;
let authority: TimestampAuthority;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doc-'));
  authority = await startTimestampAuthority(join(folder, 'tsa'));
  const { url: timestamp_url } = authority;
  const world = await startWorld(folder, { timestamp_url }, { witnesses: [], timestamp_url });
  await world.trail.record(someEntries(40));
  const { entries, record, event } = await judgedEntries();
  await world.trail.record([...entries, incidentEntry]);
  const { id } = await world.exports.request({
    tenant: 'acme',
    requester: 'carol',
    purpose: 'doc',
    ask: { types: ['access.*'] },
  });
  cpSync(join(world.directory, 'acme-2026q4/checkpoint'), join(folder, 'kept.checkpoint'));
  await world.exports.create(id, join(folder, 'export'));
  await world.stop();
  // What the commands of the operator work on.
  writeFileSync(join(folder, 'record.json'), record);
  writeFileSync(join(folder, 'event.json'), event);
  cpSync(join(root, 'test/fixtures/demo/stream.ndjson'), join(folder, 'stream.ndjson'));
  mkdirSync(join(folder, 'keys'));
  const pem = signingKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, 'keys/ledger.pem'), pem, { mode: 0o600 });
  writeFileSync(join(folder, 'keys/bodies.key'), `${bodySecret.toString('hex')}\n`, { mode: 0o600 });
  const key = readFileSync(join(world.directory, 'acme-2026q4.vkey'), 'utf8').trim();
  const stamps = join(world.directory, anchor, 'timestamps');
  const [size = ''] = spawnSync('ls', [stamps]).stdout.toString().split('.');
  cpSync(authority.certificate, join(folder, 'tsa.pem'));
  environment = {
    ...process.env,
    PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`,
    KEY: key,
    LOG: 'acme-2026q4',
    ORIGIN: 'ledger.example/acme-2026q4',
    EXPORTER: export_name,
    ANCHOR: anchor,
    SIZE: size,
    BATCH: String(indexOf(world.directory, '"root":')),
    DETECTION: String(indexOf(world.directory, '"origin":"sigma"')),
    FIRING: String(indexOf(world.directory, '"origin":"correlation"')),
  };
});
afterAll(async () => {
  await authority.stop();
  rmSync(folder, { recursive: true });
});

/** The incident that the page reports. */
const incidentEntry: AuditEntry = {
  tenant: 'acme',
  type: 'incident.opened',
  time_ns: BigInt(Date.UTC(2026, 10, 20)) * 1_000_000n,
  outcome: 'success',
  facts: { incident: 'INCIDENT', status: 'open', score: '80', signals: '1', opened_because: 'sequence' },
};

/** The first leaf of the log that contains a text. */
function indexOf(directory: string, text: string): number {
  const entries = [
    ...new TreeReader(join(directory, 'acme-2026q4'), sizeOf(directory)).entries(0, sizeOf(directory)),
  ];
  return entries.findIndex((entry) => entry.includes(text));
}

function sizeOf(directory: string): number {
  return Number(readFileSync(join(directory, 'acme-2026q4/checkpoint'), 'utf8').split('\n')[1]);
}

/** A batch of two records, and detections that follow from records of the demonstration and rules of ours. */
async function judgedEntries(): Promise<{
  readonly entries: AuditEntry[];
  readonly record: string;
  readonly event: Buffer;
}> {
  const record = '{"output":"a shell"}';
  const records = ['{}', record].map((value, index) => ({
    topic: 'raw.runtime',
    partition: 0,
    offset: BigInt(index),
    timestamp_ms: 0,
    key: undefined,
    headers: {},
    value: Buffer.from(value),
  }));
  const tally = { records: 2, ok: 2, duplicate: 0, drop: {}, reject: {} };
  const batch = batchEntry(
    'batch.ingest',
    'acme',
    1n,
    { topic: 'raw.runtime', partition: 0, records },
    tally,
  );
  const judged = await judgedStream();
  return { entries: [batch, ...judged.entries], record, event: judged.event };
}

/** What the rules find in the demonstration: the first detection that a rule of ours made, and the first firing with its parts. */
async function judgedStream(): Promise<{ readonly entries: AuditEntry[]; readonly event: Buffer }> {
  const rules = await loadRuleSet(join(root, 'rules'), { tests: false });
  if (rules.kind === 'refused') throw new Error('the rules are refused');
  const detector = createDetector(rules.set);
  const options = { formats: allFormats(), family: undefined, scope: 'acme' };
  const read = readEventFile(join(root, 'test/fixtures/demo/stream.ndjson'), options);
  const signals = read.flatMap(({ value, events }) =>
    events.flatMap((event) =>
      signalsOf({ ...event, marks: [...event.marks, ...detector.detect(event)] }, detector.signal_fields).map(
        (signal) => ({
          signal,
          value,
        }),
      ),
    ),
  );
  const first = signals.find(({ signal }) => signal.rule.origin === 'sigma');
  const { fired, parts } = createCorrelations(rules.set).add(signals.map(({ signal }) => signal));
  const [firing] = fired;
  if (first === undefined || firing === undefined)
    throw new Error('nothing is detected in the demonstration');
  const named = parts.get(firing.id) ?? [];
  const judged = [...new Set([first.signal, ...named])].map((signal) => detectionEntry(signal, {}));
  const parts_sha256 = partsHash(named.map(signalHash));
  return { entries: [...judged, detectionEntry(firing, { parts_sha256 })], event: first.value };
}

function detectionEntry(signal: Signal, facts: Readonly<Record<string, string>>): AuditEntry {
  return {
    tenant: 'acme',
    type: 'detection.fired',
    time_ns: signal.time_ns,
    outcome: 'success',
    facts: { ...detectionFacts(signal, signalHash(signal)), ...facts },
  };
}

interface Block {
  readonly needs: string;
  readonly script: string;
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```sh ?(\w*)\n([^]*?)^```$/gm)].map(([, needs = '', script = '']) => ({
    needs,
    script,
  }));
}

function run(script: string, cwd: string): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-eu', '-o', 'pipefail', '-c', script], {
    cwd,
    env: environment,
  });
  return { status, output: Buffer.concat([stdout, stderr]).toString().slice(-2_000) };
}

describe('docs/audit.md', () => {
  const blocks = blocksOf(readFileSync(join(root, 'docs/audit.md'), 'utf8'));

  test('has commands', () => expect(blocks.length).toBeGreaterThan(6));

  test.each(blocks)('$script', { timeout: 300_000 }, ({ needs, script }) => {
    if (needs === 'go' && !hasProgram('go')) {
      process.stderr.write(`NOT RUN: there is no Go: ${script}`);
      return;
    }
    const { status, output } = run(script, folder);
    expect(status, output).toBe(0);
  });

  test('what is changed no longer verifies', () => {
    const changed = join(folder, 'changed');
    cpSync(join(folder, 'ledger'), join(changed, 'ledger'), { recursive: true });
    const path = join(changed, 'ledger/acme-2026q4/checkpoint');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/\n(\d+)\n/, '\n1\n'));
    const signature = blocks.find(({ script }) => script.includes('checkpoint.sig'))?.script ?? '';
    expect(run(signature, changed).status).not.toBe(0);
    expect(run('breakwater audit verify ledger', changed).status).toBe(1);
    expect(run('breakwater audit verify /nowhere', changed).status).toBe(2);
    const stranger = createNoteSigner(
      'ledger.example/acme-2026q4',
      generateKeyPairSync('ed25519').privateKey,
    );
    expect(run(`breakwater audit verify ledger --key '${stranger.vkey}'`, folder).status).toBe(1);
  });
});

describe('VERIFY.md of an export', () => {
  test('every command holds', () => {
    const blocks = blocksOf(readFileSync(join(folder, 'export/VERIFY.md'), 'utf8'));
    expect(blocks.length).toBeGreaterThan(2);
    for (const { script } of blocks)
      expect(run(script, join(folder, 'export')), script).toMatchObject({ status: 0 });
  });

  test('a changed file is noticed by each tool', () => {
    const changed = join(folder, 'changed-export');
    cpSync(join(folder, 'export'), changed, { recursive: true });
    const [first] = blocksOf(readFileSync(join(changed, 'VERIFY.md'), 'utf8'));
    const commands = (first?.script ?? '').trim().split('\n');
    writeFileSync(
      join(changed, 'manifest.json'),
      readFileSync(join(changed, 'manifest.json'), 'utf8').replace('carol', 'caroL'),
    );
    writeFileSync(join(changed, 'records.csv'), 'x');
    expect(commands).toHaveLength(3);
    for (const command of commands) expect(run(command, changed).status, command).not.toBe(0);
  });
});

test('a time-stamp is for its data alone', async () => {
  const answer = await requestTimestamp(authority.url, Buffer.from('data'));
  writeFileSync(join(folder, 'answer.tsr'), answer);
  writeFileSync(join(folder, 'data'), 'data');
  writeFileSync(join(folder, 'other'), 'other');
  expect(run('openssl ts -verify -data data -in answer.tsr -CAfile tsa.pem', folder).status).toBe(0);
  expect(run('openssl ts -verify -data other -in answer.tsr -CAfile tsa.pem', folder).status).not.toBe(0);
  await expect(requestTimestamp(`${authority.url}/refuse`, Buffer.from('data'))).rejects.toMatchObject({
    code: 'BW_TIMESTAMP_UNAVAILABLE',
  });
});
