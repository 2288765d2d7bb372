import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from './lines.ts';
import { type InputRecord, readFamilyFile, readStream } from './records.ts';
import { shuffled } from './shuffle.ts';

const folder = mkdtempSync(join(tmpdir(), 'records-'));

function file(content: string | Buffer): string {
  const path = join(folder, `${Math.random()}.txt`);
  writeFileSync(path, content);
  return path;
}

async function all(records: AsyncGenerator<InputRecord[]>): Promise<InputRecord[]> {
  return (await Array.fromAsync(records)).flat();
}

async function values(content: string | Buffer): Promise<(string | undefined)[]> {
  const records = await all(readFamilyFile(file(content), 'runtime'));
  return records.map((record) => (record.kind === 'record' ? record.record.value?.toString() : undefined));
}

describe('readLines', () => {
  it('gives the same lines however the bytes are cut', async () => {
    const anyBytes = fc.uint8Array({ max: 13 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.array(anyBytes, { maxLength: 20 }), async (chunks) => {
        const cut = (await Array.fromAsync(readLines(Readable.from(chunks)))).flat();
        const text = Buffer.concat(chunks).toString('latin1');
        const expected = text.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(cut.map((line) => line.toString('latin1'))).toEqual(
          expected.map((line) => line.replace(/\r$/, '')),
        );
      }),
    );
  });
});

describe('readFamilyFile', () => {
  it('reads lines, blank ones included, as records', async () => {
    expect(await values('{"a":1}\n\n{"a":2}\n')).toEqual(['{"a":1}', '', '{"a":2}']);
    expect(await values('plain text\nmore text')).toEqual(['plain text', 'more text']);
  });

  it('reads one document over several lines as one record', async () => {
    expect(await values('{\n  "a": 1\n}\n')).toEqual(['{\n  "a": 1\n}']);
  });

  it('falls back to lines when what opens like a document is none', async () => {
    expect(await values('{broken\n{"a":1}\n')).toEqual(['{broken', '{"a":1}']);
  });

  it('keeps bytes that are not UTF-8', async () => {
    const [record] = await all(readFamilyFile(file(Buffer.from([0xff, 0xfe, 0x0a])), 'runtime'));
    expect(record).toMatchObject({ kind: 'record', record: { value: Buffer.from([0xff, 0xfe]) } });
  });
});

describe('readStream', () => {
  it('says what is wrong with a line that is no record', async () => {
    const good = '{"topic":"raw.runtime","key":null,"timestamp":7,"value":"{}"}';
    const lines = [good, 'no json', '7', '{"topic":"other","value":""}', '{"topic":"raw.runtime","value":7}'];
    const records = await all(readStream(file(lines.join('\n'))));
    expect(records[0]).toEqual({
      kind: 'record',
      record: { topic: 'raw.runtime', key: undefined, value: Buffer.from('{}'), timestamp_ms: 7 },
    });
    expect(records.slice(1).map((record) => record.kind === 'unusable' && record.reason)).toEqual([
      'stream.line_not_json',
      'stream.line_not_object',
      'stream.topic_unknown',
      'stream.value_not_string',
    ]);
  });
});

describe('shuffled', () => {
  it('is a permutation that depends on the seed alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const once = shuffled(items, seed);
        expect(once.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
        expect(shuffled(items, seed)).toEqual(once);
      }),
    );
    const items = Array.from({ length: 50 }, (_, index) => index);
    expect(shuffled(items, 1)).not.toEqual(shuffled(items, 2));
  });
});

describe('events of an earlier replay', () => {
  const event = (fields: object, breakwater: object = {}): string =>
    JSON.stringify({
      '@timestamp': '2026-11-16T09:00:00Z',
      event: { created: '2026-11-16T09:00:01.5Z', ...fields },
      breakwater: { family: 'runtime', scope: 'acme', ...breakwater },
    });

  it('are read anew from their originals, in the scope that they had', async () => {
    const [record] = await all(readStream(file(event({ original: '{"a":1}' }))));
    expect(record).toEqual({
      kind: 'record',
      record: {
        topic: 'raw.runtime',
        value: Buffer.from('{"a":1}'),
        timestamp_ms: Date.UTC(2026, 10, 16, 9, 0, 1, 500),
        headers: { 'breakwater-scope': 'acme' },
      },
    });
  });

  it('are left out where an earlier event carries the original of their record, refused where it was cut', async () => {
    const lines = [event({}), event({}, { truncated: ['original_length'] })].join('\n');
    expect(await all(readStream(file(lines)))).toMatchObject([
      { kind: 'unusable', reason: 'stream.original_cut', line_number: 2 },
    ]);
  });
});
