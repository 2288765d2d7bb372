import { expect, it } from 'vitest';
import { checkpointContract } from './contract.ts';
import { decodeCheckpoint, encodeCheckpoint } from './encoding.ts';
import { createMemoryCheckpointStore } from './memory.ts';

checkpointContract('memory', () => createMemoryCheckpointStore());

it('refuses a checkpoint of which any byte was changed or lost', async () => {
  const bytes = await encodeCheckpoint({
    partition: 0,
    positions: [],
    recall_from: 0n,
    output_offset: 0n,
    restarts: 0n,
    scopes: ['{}'],
  });
  const corrupt = expect.objectContaining({ code: 'BW_CHECKPOINT_CORRUPT' });
  for (let at = 0; at < bytes.length; at += 1) {
    const spoiled = Buffer.from(bytes);
    spoiled.writeUInt8(255 - spoiled.readUInt8(at), at);
    await expect(decodeCheckpoint(spoiled)).rejects.toEqual(corrupt);
    await expect(decodeCheckpoint(bytes.subarray(0, at))).rejects.toEqual(corrupt);
  }
});
