import { afterAll, beforeAll, describe } from 'vitest';
import { Bench, type StreamHarness } from './bench.ts';
import { groupsContract } from './groups.ts';
import { positionsContract } from './positions.ts';
import { recordsContract } from './records.ts';

/** What every adapter of the stream port has to do; run by `memory.test.ts` and `kafkajs.servers.test.ts`. */
export function streamContract(harness: StreamHarness): void {
  describe(`the stream contract on ${harness.name}`, () => {
    const bench = new Bench(harness);
    beforeAll(() => bench.open());
    afterAll(() => bench.stream.close());
    recordsContract(bench);
    groupsContract(bench);
    positionsContract(bench);
  });
}
