import type { KeyObject } from 'node:crypto';
import { createNoteSigner, type NoteSigner } from '#shared/ledger/note.ts';
import { LogWriter } from '#shared/ledger/writer/log-writer.ts';

/** Leaves made durable together. */
const batch_leaves = 4_096;

/** Short, so that large logs are made fast. */
export function entryAt(index: number): Buffer {
  return Buffer.from(`entry number ${index}`);
}

/** Writes a log `size<n>` of `size` leaves into `directory`. */
export async function makeLog(
  directory: string,
  size: number,
  key: KeyObject,
): Promise<{ readonly log: string; readonly signer: NoteSigner }> {
  const log = `size${size}`;
  const signer = createNoteSigner(`foreign.example/${log}`, key);
  const writer = await LogWriter.open({ directory, log, signer });
  for (let first = 0; first < size; first += batch_leaves) {
    const count = Math.min(batch_leaves, size - first);
    await writer.append(
      Array.from({ length: count }, (_, offset) => entryAt(first + offset)),
      '',
    );
  }
  await writer.publish();
  await writer.close();
  return { log, signer };
}
