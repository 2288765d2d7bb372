import { BreakwaterError } from '#shared/errors/error.ts';
import { entry_bytes_max } from '../tile-path.ts';

/** Bytes of the length before each entry. */
export const entry_length_bytes = 2;

/**
 * Entries as a bundle holds them (c2sp.org/tlog-tiles): a big-endian uint16 length, then the bytes, and so on.
 * @throws BW_LEDGER_LEAF_TOO_LARGE for an entry beyond 65,535 bytes.
 */
export function frameEntries(entries: readonly Uint8Array[]): Buffer {
  let total_bytes = 0;
  for (const entry of entries) {
    if (entry.length > entry_bytes_max) {
      throw new BreakwaterError('BW_LEDGER_LEAF_TOO_LARGE', 'A leaf has at most 65,535 bytes', {
        bytes: entry.length,
      });
    }
    total_bytes += entry_length_bytes + entry.length;
  }
  const frames = Buffer.allocUnsafe(total_bytes);
  let position = 0;
  for (const entry of entries) {
    position = frames.writeUInt16BE(entry.length, position);
    frames.set(entry, position);
    position += entry.length;
  }
  return frames;
}
