import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { searchContract } from '../contract.ts';
import { createFileSink, fileName } from './sink.ts';

const root = mkdtempSync(join(tmpdir(), 'search-files-'));
afterAll(() => rmSync(root, { recursive: true }));

searchContract('files', async () => {
  const folder = join(root, 'contract');
  return {
    sink: createFileSink(folder),
    namespace: 'test',
    read: async (index) => lines(folder, index).map((line): unknown => JSON.parse(line)),
    rollOver: () => Promise.resolve(),
    poison: undefined,
    property_runs: 100,
  };
});

describe('files', () => {
  it('are named after the index, and hold what was created in order of arrival', async () => {
    const { folder, sink } = await open('names');
    const documents = ['{"b":1}', '{"a":2}', `{"long":"${'ü'.repeat(300_000)}"}`, '{"c":\n3}'];
    for (const [id, document] of documents.entries()) {
      await sink.write([{ index: 'logs-a.b-n', id: String(id), action: 'create', document }]);
    }
    await sink.close();
    expect(readdirSync(folder)).toEqual(['logs-a.b-n.ndjson']);
    expect(lines(folder, 'logs-a.b-n')).toEqual([...documents.slice(0, 3), '{"c": 3}']);
  });

  it('hold the final state of what was put, sorted by id', async () => {
    const { folder, sink } = await open('tables');
    const put = (id: string, version: bigint) =>
      ({ index: 'rows', id, action: 'put', version, document: `{"id":"${id}","v":${version}}` }) as const;
    await sink.write([put('z', 1n), put('b', 1n), put('a', 2n), put('a', 1n)]);
    await sink.refresh();
    expect(lines(folder, 'rows')).toHaveLength(3);
    await sink.write([{ index: 'rows', id: 'b', action: 'remove', version: 2n }]);
    await sink.close();
    expect(lines(folder, 'rows')).toEqual(['{"id":"a","v":2}', '{"id":"z","v":1}']);
    expect(readdirSync(folder)).toEqual(['rows.ndjson']);
  });

  it('are never mixed with those of an earlier run', async () => {
    const { folder, sink } = await open('earlier');
    await sink.write([{ index: 'logs-a.b-n', id: 'x', action: 'create', document: '{}' }]);
    await sink.close();
    await expect(createFileSink(folder).prepare()).rejects.toMatchObject({ code: 'BW_SEARCH_FOLDER_IN_USE' });
  });

  it('stay in their folder, whatever the index is called', async () => {
    const { folder, sink } = await open('escape');
    const outcomes = await sink.write(
      ['../x', '/etc/x', '', '.', 'A', 'a/b', 'a\0b'].map((index) => ({
        index,
        id: '1',
        action: 'create',
        document: '{}',
      })),
    );
    expect(outcomes.every((outcome) => outcome.kind === 'rejected')).toBe(true);
    await sink.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});

async function open(name: string) {
  const folder = join(root, name);
  const sink = createFileSink(folder);
  await sink.prepare();
  return { folder, sink };
}

function lines(folder: string, index: string): readonly string[] {
  return readFileSync(join(folder, fileName(index)), 'utf8')
    .trimEnd()
    .split('\n')
    .filter(Boolean);
}
