import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { installCodecs } from './codecs.ts';
import { decompressLz4 } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';

const bytes_max = 4 * 1024 * 1024;
installCodecs(bytes_max);
const { CompressionCodecs, CompressionTypes } = kafkajs;
const MiB = 1024 * 1024;

const codecs = [
  ['gzip', CompressionCodecs[CompressionTypes.GZIP]()],
  ['snappy', CompressionCodecs[CompressionTypes.Snappy]()],
  ['lz4', CompressionCodecs[CompressionTypes.LZ4]()],
  ['zstd', CompressionCodecs[CompressionTypes.ZSTD]()],
] as const;

describe.each(codecs)('%s', (_, codec) => {
  test('decompresses what it compressed', async () => {
    for (const bytes of [0, 1, 1000, 100_000, 3 * MiB]) {
      const data = Buffer.from(
        Array.from({ length: bytes }, (_, index) => (index * 31 + (index >> 7)) & 0xff),
      );
      const compressed = await codec.compress({ buffer: data });
      expect(data.equals(await codec.decompress(compressed))).toBe(true);
    }
  });

  test('refuses a bomb before it explodes', async () => {
    const bomb = await codec.compress({ buffer: Buffer.alloc(bytes_max * 2) });
    await expect(codec.decompress(bomb)).rejects.toThrow();
  });

  test('never answers garbage with anything but an error or bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const [result] = await Promise.allSettled([codec.decompress(Buffer.from(bytes))]);
        const isFine =
          result.status === 'rejected' ? result.reason instanceof Error : Buffer.isBuffer(result.value);
        expect(isFine).toBe(true);
      }),
    );
  });
});

describe('snappy-java framing', () => {
  const header = Buffer.concat([
    Buffer.from([0x82]),
    Buffer.from('SNAPPY\0'),
    Buffer.from([0, 0, 0, 1, 0, 0, 0, 1]),
  ]);
  const block = (text: string): Buffer => {
    const compressed = compressSync(text);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(compressed.length);
    return Buffer.concat([size, compressed]);
  };

  test('its blocks are joined', () => {
    const framed = Buffer.concat([header, block('hello '), block('world')]);
    expect(decompressSnappy(framed, MiB).toString()).toBe('hello world');
  });

  test('its blocks count together', () => {
    const framed = Buffer.concat([header, block('x'.repeat(600)), block('x'.repeat(600))]);
    expect(() => decompressSnappy(framed, 1000)).toThrow('exceed 1000 bytes');
  });
});

describe('the LZ4 bound', () => {
  test('is not below the true size, and not far above it', () => {
    const data = Buffer.alloc(MiB, 'some text that repeats ');
    const frame = compressFrameSync(data);
    expect(decompressLz4(frame, MiB + 64 * 1024)).toEqual(data);
    expect(() => decompressLz4(frame, MiB - 1)).toThrow('exceeds');
  });

  test('understands stored blocks and checksums', () => {
    const noise = Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(Math.random() * 256)));
    const frame = compressFrameSync(noise, { contentChecksum: true, blockChecksums: true });
    expect(decompressLz4(frame, MiB)).toEqual(noise);
  });
});
