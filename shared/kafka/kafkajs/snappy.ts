import { uncompressSync } from 'snappy';

/** The Java client wraps snappy blocks in the framing of snappy-java: magic, two version numbers, then sized blocks. */
const framing_magic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const framing_header_bytes = framing_magic.length + 8;

/**
 * Decompresses what snappy-java or a plain snappy encoder wrote, unless it would exceed `bytes_max`.
 * @throws RangeError when it is too large or cut short
 */
export function decompressSnappy(bytes: Buffer, bytes_max: number): Buffer {
  const blocks = blocksOf(bytes);
  const total = blocks.reduce((sum, block) => sum + uncompressedLength(block), 0);
  if (total > bytes_max) throw new RangeError(`snappy blocks exceed ${bytes_max} bytes`);
  return Buffer.concat(blocks.map(uncompressBlock));
}

function blocksOf(bytes: Buffer): readonly Buffer[] {
  if (!bytes.subarray(0, framing_magic.length).equals(framing_magic)) return [bytes];
  const blocks: Buffer[] = [];
  for (let at = framing_header_bytes; at < bytes.length; ) {
    const block_bytes = bytes.readUInt32BE(at);
    at += 4;
    blocks.push(bytes.subarray(at, at + block_bytes));
    at += block_bytes;
  }
  return blocks;
}

/** A snappy block begins with its uncompressed length as a varint. */
function uncompressedLength(block: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block.readUInt8(index);
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new RangeError('not a snappy block');
}

function uncompressBlock(block: Buffer): Buffer {
  return Buffer.from(uncompressSync(block));
}
