import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { decompressLz4 } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';

/**
 * Largest record batch once decompressed. Writers keep a batch near 1 MiB before compression and a single record below
 * 8 MiB; what exceeds this is a decompression bomb.
 */
const decompressed_bytes_max = 128 * 1024 * 1024;

/** kafkajs hands over its encoder, of which only the bytes matter. */
interface Encoded {
  readonly buffer: Buffer;
}

/**
 * Teaches kafkajs all four compressions (by itself it knows gzip, and dies of any other batch). Synchronous: the
 * detour through the thread pool costs more than the work. Decoding is bounded; beyond the bound it throws.
 */
export function installCodecs(bytes_max = decompressed_bytes_max): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: async ({ buffer }: Encoded) => gzipSync(buffer),
    decompress: async (bytes: Buffer) => gunzipSync(bytes, { maxOutputLength: bytes_max }),
  });
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: Encoded) => compressSync(buffer),
    decompress: async (bytes: Buffer) => decompressSnappy(bytes, bytes_max),
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: Encoded) => compressFrameSync(buffer),
    decompress: async (bytes: Buffer) => decompressLz4(bytes, bytes_max),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: Encoded) =>
      zstdCompressSync(buffer, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
    decompress: async (bytes: Buffer) => zstdDecompressSync(bytes, { maxOutputLength: bytes_max }),
  });
}
