import { decompressFrameSync } from 'lz4-napi';

/** Block maximum size by the 3-bit code of the frame's BD byte. LZ4 frame format, "Frame Descriptor". */
const block_bytes_max_by_code: Readonly<Record<number, number>> = {
  4: 64 * 1024,
  5: 256 * 1024,
  6: 1024 * 1024,
  7: 4 * 1024 * 1024,
};

const magic = 0x184d2204;
const stored_flag = 0x80000000;

/**
 * Decompresses one LZ4 frame, unless it could exceed `bytes_max`: the library has no limit of its own, so the block
 * headers are added up first.
 * @throws RangeError when the frame is too large or is not one
 */
export function decompressLz4(frame: Buffer, bytes_max: number): Buffer {
  if (lz4BytesBound(frame) > bytes_max) throw new RangeError(`LZ4 frame exceeds ${bytes_max} bytes`);
  return decompressFrameSync(frame);
}

/** An upper bound of the frame's decompressed size. */
function lz4BytesBound(frame: Buffer): number {
  if (frame.readUInt32LE(0) !== magic) throw new RangeError('not an LZ4 frame');
  const flags = frame.readUInt8(4);
  const block_bytes_max = block_bytes_max_by_code[(frame.readUInt8(5) >> 4) & 7];
  if (block_bytes_max === undefined) throw new RangeError('not an LZ4 frame');
  const block_checksum_bytes = (flags & 0x10) === 0 ? 0 : 4;
  const content_size_bytes = (flags & 0x08) === 0 ? 0 : 8;
  const dictionary_bytes = (flags & 0x01) === 0 ? 0 : 4;

  let bytes = 0;
  let at = 7 + content_size_bytes + dictionary_bytes;
  for (let header = frame.readUInt32LE(at); header !== 0; header = frame.readUInt32LE(at)) {
    const stored = header >= stored_flag;
    const block_bytes = stored ? header - stored_flag : header;
    // A compressed byte stands for at most 255 bytes.
    bytes += stored ? block_bytes : Math.min(block_bytes_max, block_bytes * 255);
    at += 4 + block_bytes + block_checksum_bytes;
  }
  return bytes;
}
