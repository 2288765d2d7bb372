import { describe, expect, it, onTestFinished } from 'vitest';
import type { Checkpoint, CheckpointStore } from './port.ts';

const checkpoint: Checkpoint = {
  partition: 3,
  positions: [
    { topic: 'signals', offset: 2n ** 60n },
    { topic: 'facts', offset: 0n },
  ],
  recall_from: 5n,
  output_offset: 7n,
  restarts: 2n,
  scopes: ['{"scope":"a","text":"ä€\u0000"}', 'x'.repeat(100_000)],
};

/** What every store of checkpoints does. */
export function checkpointContract(name: string, open: () => CheckpointStore): void {
  describe(`checkpoints in ${name}`, () => {
    function opened(): CheckpointStore {
      const store = open();
      onTestFinished(() => store.close());
      return store;
    }

    it('gives back what was saved last, for each partition', async () => {
      const store = opened();
      await store.save({ ...checkpoint, scopes: [] });
      await store.save(checkpoint);
      await store.save({ ...checkpoint, partition: 4, recall_from: 9n });
      expect(await store.load(3)).toEqual(checkpoint);
      expect(await store.load(4)).toEqual({ ...checkpoint, partition: 4, recall_from: 9n });
    });

    it('says when there is none', async () => {
      expect(await opened().load(77)).toBeUndefined();
    });
  });
}
