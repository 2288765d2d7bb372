import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { createScenario, type StreamLine, type Truth } from '../../../test/scenario/scenario.ts';
import { type ReplayResult, runReplay } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
const rules = await readRuleFiles(join(import.meta.dirname, '../../../rules'));
const shuffles = Number(process.env['BREAKWATER_REPLAY_SHUFFLES'] ?? 4);
const time_ms = Date.UTC(2026, 10, 16, 9);

function streamFile(name: string, lines: readonly (StreamLine | string)[]): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return file;
}

async function replay(files: readonly string[], name: string, shuffle?: number): Promise<ReplayResult> {
  return runReplay({ files, out: join(folder, name), scope: 'default', rules, shuffle });
}

function digest(out: string): string {
  const files = ['incidents.ndjson', 'timeline.ndjson'].map((name) => readFileSync(join(out, name)));
  return createHash('sha256').update(Buffer.concat(files)).digest('hex');
}

describe('a recorded attack among ordinary life', () => {
  let file: string;
  let truth: Truth;
  let result: ReplayResult;

  beforeAll(async () => {
    const scenario = createScenario({
      seed: 3,
      start_ms: time_ms,
      duration_ms: 3_600_000,
      benign_records: 400,
      lateness_ms_max: 300_000,
      duplicates: 0.1,
    });
    truth = scenario.truth;
    file = streamFile('attack.ndjson', scenario.lines);
    result = await replay([file], 'attack');
  });

  it('is one incident that tells the whole story and nothing else', () => {
    expect(result.incidents).toHaveLength(1);
    const told = new Set(result.incidents[0]?.timeline.map((row) => row.event.hash));
    expect(truth.key_events.filter((hash) => !told.has(hash))).toEqual([]);
    expect([...told].filter((hash) => !truth.events.includes(hash))).toEqual([]);
  });

  it('began with the shell of the server, not with the session that it led to', () => {
    expect(result.incidents[0]?.fields.root_cause.summary).toBe('java started a shell: bash -i');
  });

  it('is the same bytes in any order of arrival', async () => {
    for (let seed = 1; seed <= shuffles; seed += 1) {
      const shuffled = await replay([file], `shuffled-${seed}`, seed);
      expect(digest(shuffled.out)).toBe(digest(result.out));
    }
  }, 120_000);

  it('is proven by a ledger whose checkpoint holds', () => {
    expect(result.ledger.map(({ findings }) => findings)).toEqual([[]]);
    expect(result.ledger[0]?.leaves).toBeGreaterThan(5);
  });
});

it('finds nothing in ordinary life, and says so in files', async () => {
  const quiet = createScenario({
    seed: 4,
    start_ms: time_ms,
    duration_ms: 3_600_000,
    benign_records: 300,
    lateness_ms_max: 60_000,
    duplicates: 0,
    attack: false,
  });
  const result = await replay([streamFile('quiet.ndjson', quiet.lines)], 'quiet');
  expect(result.incidents).toEqual([]);
  expect(readLines(join(result.out, 'incidents.ndjson'))).toEqual([]);
  expect(readLines(join(result.out, 'timeline.ndjson'))).toEqual([]);
});

describe('hostile records', () => {
  const record = (value: string, topic = 'raw.runtime'): StreamLine => ({
    topic,
    key: null,
    timestamp: time_ms,
    value,
  });
  const alert = (fields: string, time = '2026-11-16T09:00:00Z'): string =>
    `{"rule":"r","priority":"Notice","output":"o","time":"${time}","output_fields":${fields}}`;
  const records = [
    record(''),
    record('not json'),
    record(`{"rule":"${'A'.repeat(5 * 1024 * 1024)}"}`),
    record('['.repeat(10_000) + ']'.repeat(10_000)),
    record('{"a":'.repeat(10_000)),
    record('[1,2,3]'),
    record('42'),
    record('\u0000\ufffd'),
    record(alert('{"__proto__":{"polluted":true}}')),
    record(alert('{"evt.time":1685022245478445995,"container.id":"abcdefabcdef"}')),
    record(alert('{}', '9999-12-31T23:59:59.999999999Z')),
    record(alert('{}', '0001-01-01T00:00:00Z')),
    ...['raw.admission', 'raw.network', 'raw.scanner', 'raw.inventory'].map((topic) =>
      record('{"kind":7}', topic),
    ),
  ];
  const unusable = ['no record', '{"topic":"raw.unknown","value":"x"}'];

  it('stop nothing: each is an event or a dead letter with its bytes and a reason', async () => {
    const result = await replay([streamFile('hostile.ndjson', [...records, ...unusable])], 'hostile');
    const events = readLines(join(result.out, 'events.ndjson'));
    const letters = readLines(join(result.out, 'dlq.ndjson'));
    expect(letters.every((letter) => typeof letter['reason'] === 'string')).toBe(true);
    const hashes = new Set(events.map(({ event }) => (isRecord(event) ? event['hash'] : undefined)));
    const values = new Set(letters.map(({ value }) => value));
    for (const { value } of records) {
      const known = values.has(value) || hashes.has(createHash('sha256').update(value).digest('hex'));
      expect(known, value.slice(0, 60)).toBe(true);
    }
    expect(unusable.every((line) => values.has(line))).toBe(true);
  });

  it('keep the digits of 64-bit integers and change no prototype', async () => {
    const result = await replay([streamFile('integers.ndjson', records.slice(8, 10))], 'integers');
    const text = readFileSync(join(result.out, 'events.ndjson'), 'utf8');
    expect(text).toContain('1685022245478445995');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

function readLines(file: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Record<string, unknown> => JSON.parse(line));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
