import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { Checkpoint } from './port.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Largest checkpoint, compressed: half of what Redis takes as one value. */
const checkpoint_bytes_max = 256 * 1024 * 1024;
/** Largest checkpoint when unpacked: a longer text cannot be a JavaScript string. */
const text_bytes_max = 512 * 1024 * 1024 - 1024;
const digest_bytes = 32;

const checkpointSchema = z.object({
  partition: z.number(),
  positions: z.array(z.object({ topic: z.string(), offset: z.string() })),
  recall_from: z.string(),
  output_offset: z.string(),
  restarts: z.string().default('0'),
  scopes: z.array(z.string()),
});

/**
 * A checkpoint as bytes: SHA-256 of the rest, then JSON packed with zstd.
 * @throws BW_CHECKPOINT_TOO_LARGE
 */
export async function encodeCheckpoint(checkpoint: Checkpoint): Promise<Buffer> {
  const { partition, positions, recall_from, output_offset, restarts, scopes } = checkpoint;
  const length = scopes.reduce((total, scope) => total + scope.length, 0);
  if (length > text_bytes_max) throw tooLarge(partition, length);
  const plain: z.infer<typeof checkpointSchema> = {
    partition,
    positions: positions.map(({ topic, offset }) => ({ topic, offset: String(offset) })),
    recall_from: String(recall_from),
    output_offset: String(output_offset),
    restarts: String(restarts),
    scopes: [...scopes],
  };
  const packed = await compress(JSON.stringify(plain));
  if (packed.length > checkpoint_bytes_max) throw tooLarge(partition, packed.length);
  return Buffer.concat([createHash('sha256').update(packed).digest(), packed]);
}

function tooLarge(partition: number, bytes: number): BreakwaterError {
  return new BreakwaterError(
    'BW_CHECKPOINT_TOO_LARGE',
    `The state of partition ${partition} has ${bytes} bytes`,
    {
      partition,
      bytes,
    },
  );
}

/**
 * Reads what `encodeCheckpoint` wrote.
 * @throws BW_CHECKPOINT_CORRUPT for anything else
 */
export async function decodeCheckpoint(bytes: Buffer): Promise<Checkpoint> {
  const packed = bytes.subarray(digest_bytes);
  const digest = createHash('sha256').update(packed).digest();
  if (!digest.equals(bytes.subarray(0, digest_bytes))) throw corrupt('its digest does not match');
  let parsed: unknown;
  try {
    parsed = JSON.parse((await decompress(packed, { maxOutputLength: text_bytes_max })).toString('utf8'));
  } catch (error) {
    throw corrupt('it cannot be unpacked', error);
  }
  const read = checkpointSchema.safeParse(parsed);
  if (!read.success) throw corrupt('it has another shape', read.error);
  const { partition, positions, recall_from, output_offset, restarts, scopes } = read.data;
  return {
    partition,
    positions: positions.map(({ topic, offset }) => ({ topic, offset: BigInt(offset) })),
    recall_from: BigInt(recall_from),
    output_offset: BigInt(output_offset),
    restarts: BigInt(restarts),
    scopes,
  };
}

function corrupt(reason: string, cause?: unknown): BreakwaterError {
  return new BreakwaterError('BW_CHECKPOINT_CORRUPT', `A checkpoint is not usable: ${reason}`, {}, cause);
}
