import { decodeCheckpoint, encodeCheckpoint } from './encoding.ts';
import type { CheckpointStore } from './port.ts';

/** Checkpoints within this process, as bytes. `bytes` is what a test may look at, spoil or lose. */
export function createMemoryCheckpointStore(bytes: Map<number, Buffer> = new Map()): CheckpointStore {
  return {
    load: async (partition) => {
      const saved = bytes.get(partition);
      return saved === undefined ? undefined : decodeCheckpoint(saved);
    },
    save: async (checkpoint) => {
      bytes.set(checkpoint.partition, await encodeCheckpoint(checkpoint));
    },
    close: () => Promise.resolve(),
  };
}
