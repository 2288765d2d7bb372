import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventStream, timelineIndex } from './names.ts';
import type { SearchOutcome, SearchSink, SearchWrite } from './port.ts';

/** One adapter under test. */
export interface SearchHarness {
  readonly sink: SearchSink;
  readonly namespace: string;
  /** All documents of an index, in any order. */
  readonly read: (index: string) => Promise<readonly unknown[]>;
  /** Starts a new backing index, where the adapter has such a thing. */
  readonly rollOver: (stream: string) => Promise<void>;
  /** A document that the engine refuses, if it refuses any. */
  readonly poison: string | undefined;
  readonly property_runs: number;
}

const time = '2026-11-21T10:00:00.123456789Z';

/** What every adapter of the search port must do. */
export function searchContract(name: string, setUp: () => Promise<SearchHarness>): void {
  describe(`${name} as a search sink`, () => {
    let harness: SearchHarness;
    let table: string;
    let count = 0;

    beforeAll(async () => {
      harness = await setUp();
      await harness.sink.prepare();
      table = timelineIndex(harness.namespace);
    });
    afterAll(() => harness.sink.close());

    /** A data stream that no other test writes to. */
    function stream(): string {
      count += 1;
      return eventStream(`contract.test${count}`, harness.namespace);
    }

    async function stored(index: string): Promise<readonly unknown[]> {
      await harness.sink.refresh();
      return harness.read(index);
    }

    it('creates each id once, also within one call', async () => {
      const index = stream();
      const writes = [event(index, 'a'), event(index, 'b'), event(index, 'a')];
      expect(kinds(await harness.sink.write(writes))).toEqual(['written', 'written', 'duplicate']);
      expect(kinds(await harness.sink.write(writes))).toEqual(['duplicate', 'duplicate', 'duplicate']);
      expect(await stored(index)).toHaveLength(2);
    });

    it('keeps the document as it was given', async () => {
      const index = stream();
      const document = `{"@timestamp":"${time}","message":"ü 日本 \\u0000\\n","event":{"duration":9007199254740993}}`;
      await harness.sink.write([{ index, id: 'exact', action: 'create', document }]);
      expect(await stored(index)).toEqual([JSON.parse(document)]);
    });

    it('puts and removes by version, whatever comes first', async () => {
      const id = `row-${Date.now()}`;
      const results = [];
      for (const write of [put(id, 5n), put(id, 3n), put(id, 5n), remove(id, 4n), put(id, 6n)]) {
        results.push(...(await harness.sink.write([write])));
      }
      expect(kinds(results)).toEqual(['written', 'duplicate', 'duplicate', 'duplicate', 'written']);
      expect(await harness.sink.versions(table, [id, 'absent'])).toEqual([6n, undefined]);
      expect(kinds(await harness.sink.write([remove(id, 8n), put(id, 7n)]))).toEqual([
        'written',
        'duplicate',
      ]);
      expect(await harness.sink.versions(table, [id])).toEqual([undefined]);
      expect(kinds(await harness.sink.write([put(id, 9n), remove(`no-${id}`, 1n)]))).toEqual([
        'written',
        'written',
      ]);
    });

    it('answers in order for several indices at once', async () => {
      const [one, two] = [stream(), stream()];
      await harness.sink.write([event(two, 'x')]);
      const writes = [event(one, 'x'), put(`m-${one}`, 1n), event(two, 'x'), event(two, 'y')];
      expect(kinds(await harness.sink.write(writes))).toEqual(['written', 'written', 'duplicate', 'written']);
    });

    it('serves concurrent callers', async () => {
      const index = stream();
      const call = (caller: number) =>
        harness.sink.write(Array.from({ length: 50 }, (_, row) => event(index, `${caller}-${row}`)));
      const all = await Promise.all(Array.from({ length: 10 }, (_, caller) => call(caller)));
      expect(all.flat().every((outcome) => outcome.kind === 'written')).toBe(true);
      expect(await stored(index)).toHaveLength(500);
    });

    it('takes nothing for an answer', async () => {
      expect(await harness.sink.write([])).toEqual([]);
      expect(await harness.sink.write([], { replayed: true })).toEqual([]);
      expect(await harness.sink.versions(table, [])).toEqual([]);
    });

    it('never writes a replayed event twice, across a roll-over', async () => {
      const index = stream();
      const first = Array.from({ length: 20 }, (_, row) => event(index, `e${row}`));
      await harness.sink.write(first);
      await harness.rollOver(index);
      const rest = Array.from({ length: 10 }, (_, row) => event(index, `f${row}`));
      const outcomes = kinds(await harness.sink.write([...first, ...rest], { replayed: true }));
      expect(outcomes).toEqual([...first.map(() => 'duplicate'), ...rest.map(() => 'written')]);
      await harness.rollOver(index);
      expect(kinds(await harness.sink.write([...rest, ...first], { replayed: true }))).toEqual(
        [...rest, ...first].map(() => 'duplicate'),
      );
      expect(await stored(index)).toHaveLength(30);
    });

    it('writes a refused document in its safe form, or rejects it', async (context) => {
      const { poison } = harness;
      if (poison === undefined) return context.skip('this adapter refuses nothing');
      const index = stream();
      const refused = { index, action: 'create', document: poison } as const;
      const outcomes = await harness.sink.write([
        { ...refused, id: 'saved', safe_document: () => `{"@timestamp":"${time}","message":"safe"}` },
        { ...refused, id: 'lost' },
        { ...refused, id: 'lost too', safe_document: () => poison },
        event(index, 'good'),
      ]);
      expect(kinds(outcomes)).toEqual(['degraded', 'rejected', 'rejected', 'written']);
      expect(outcomes[0]).toMatchObject({ reason: expect.stringMatching(/^[a-z_]+$/) });
      expect(await stored(index)).toHaveLength(2);
    });

    it('ends in the state of the highest versions, for any order and any batches', async () => {
      const versioned = fc.uniqueArray(
        fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 40 })),
        {
          selector: ([, version]) => version,
          minLength: 1,
          maxLength: 20,
        },
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(versioned, fc.integer({ min: 1, max: 5 }), async (writes, batch) => {
          run += 1;
          const name = (row: number) => `p${Date.now()}-${run}-${row}`;
          const rows = writes.map(([row, version]) =>
            version % 4 === 0 ? remove(name(row), BigInt(version)) : put(name(row), BigInt(version)),
          );
          for (let at = 0; at < rows.length; at += batch)
            await harness.sink.write(rows.slice(at, at + batch));
          for (const id of new Set(rows.map((row) => row.id))) {
            const highest = rows
              .filter((row) => row.id === id)
              .toSorted((a, b) => Number(b.version - a.version))[0];
            const expected = highest?.action === 'put' ? highest.version : undefined;
            expect(await harness.sink.versions(table, [id])).toEqual([expected]);
          }
        }),
        { numRuns: harness.property_runs },
      );
    });

    it('takes nothing more once it is closed', async () => {
      await harness.sink.close();
      await harness.sink.close();
      await expect(harness.sink.write([event('logs-a.b-c', 'z')])).rejects.toMatchObject({
        code: 'BW_SEARCH_CLOSED',
      });
    });

    function put(id: string, version: bigint) {
      const document = `{"@timestamp":"${time}","event":{"id":"${id}"},"message":"version ${version}"}`;
      return { index: table, id, action: 'put', version, document } as const;
    }

    function remove(id: string, version: bigint) {
      return { index: table, id, action: 'remove', version } as const;
    }
  });
}

function event(index: string, id: string): SearchWrite {
  return { index, id, action: 'create', document: `{"@timestamp":"${time}","event":{"id":"${id}"}}` };
}

function kinds(outcomes: readonly SearchOutcome[]): readonly string[] {
  return outcomes.map((outcome) => outcome.kind);
}
