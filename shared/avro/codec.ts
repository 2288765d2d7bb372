import type avsc from 'avsc';
import { BreakwaterError } from '#shared/errors/error.ts';
import { fingerprintOf } from './fingerprint.ts';
import { canonicalForm } from './schema.ts';

/** `C3 01`, then the writer schema's fingerprint, little-endian. Avro specification, "Single-object encoding". */
const marker = Buffer.from([0xc3, 0x01]);
const header_bytes = 10;

/** Records are written one behind the other, so that few buffers are made; one that finds no room gets its own or the next. */
const slab_bytes = 64 * 1024;
let slab = Buffer.allocUnsafeSlow(slab_bytes);
let slab_used_bytes = 0;

/** Writes one schema, reads every version of it. */
export interface Codec<T> {
  /**
   * One record, ready to be a Kafka value.
   * @throws BW_AVRO_INVALID when a field is missing or out of its type's range.
   */
  encode(value: T): Buffer;
  /**
   * Never hangs and never allocates more than a small multiple of the record's size, whatever the bytes.
   * @throws BW_AVRO_MALFORMED for anything but one whole record of a known version.
   */
  decode(record: Buffer): T;
  /** Fields that are missing, mistyped or undeclared, as dotted paths; for tests of what a service writes. */
  problems(value: unknown): readonly string[];
  /** Of every version that `decode` reads. */
  readonly fingerprints: readonly bigint[];
}

/**
 * @param current the schema to write
 * @param history all versions that may be met, older and newer; each must resolve to `current`
 */
export function createCodec<T>(current: avsc.Type, history: readonly avsc.Type[]): Codec<T> {
  const fingerprint = fingerprintOf(canonicalForm(current));
  const header = headerOf(fingerprint);
  const resolvers = resolversOf(current, history);

  function encode(value: T): Buffer {
    try {
      const end = current.encode(value, slab, slab_used_bytes + header_bytes);
      if (end < 0) return encodeApart(value, slab.length - end - slab_used_bytes);
      const record = slab.subarray(slab_used_bytes, end);
      slab_used_bytes = end;
      header.copy(record);
      return record;
    } catch (cause) {
      throw new BreakwaterError('BW_AVRO_INVALID', message(current, problems(value)), {}, cause);
    }
  }

  function encodeApart(value: T, record_bytes: number): Buffer {
    if (record_bytes <= slab_bytes / 2) {
      slab = Buffer.allocUnsafeSlow(slab_bytes);
      slab_used_bytes = 0;
      return encode(value);
    }
    const record = Buffer.allocUnsafeSlow(record_bytes);
    header.copy(record);
    current.encode(value, record, header_bytes);
    return record;
  }

  function decode(record: Buffer): T {
    const written = readFingerprint(record);
    const resolver = written === fingerprint ? undefined : resolvers.get(written);
    if (resolver === undefined && written !== fingerprint) throw malformed(record, 'unknown schema');
    const { value, offset } = decodeBody(record, resolver);
    if (offset !== record.length) throw malformed(record, offset < 0 ? 'truncated' : 'trailing bytes');
    return value;
  }

  function decodeBody(record: Buffer, resolver: avsc.Resolver | undefined): ReturnType<avsc.Type['decode']> {
    try {
      return current.decode(record, header_bytes, resolver);
    } catch (cause) {
      throw malformed(record, 'invalid field', cause);
    }
  }

  function problems(value: unknown): readonly string[] {
    const paths: string[] = [];
    current.isValid(value, {
      noUndeclaredFields: true,
      errorHook: (path, found) => paths.push(describe(path, found)),
    });
    return paths;
  }

  return { encode, decode, problems, fingerprints: [fingerprint, ...resolvers.keys()] };
}

/**
 * The fingerprint of the schema that wrote a record.
 * @throws BW_AVRO_MALFORMED when the record does not start like one.
 */
export function readFingerprint(record: Buffer): bigint {
  if (record.length < header_bytes || record[0] !== marker[0] || record[1] !== marker[1]) {
    throw malformed(record, 'not single-object encoding');
  }
  return record.readBigUInt64LE(marker.length);
}

export function malformed(record: Buffer, reason: string, cause?: unknown): BreakwaterError {
  const details = { reason, record_bytes: record.length, starts: record.toString('hex', 0, header_bytes) };
  return new BreakwaterError(
    'BW_AVRO_MALFORMED',
    `Not a record of a known schema: ${reason}`,
    details,
    cause,
  );
}

function headerOf(fingerprint: bigint): Buffer {
  const header = Buffer.alloc(header_bytes);
  marker.copy(header);
  header.writeBigUInt64LE(fingerprint, marker.length);
  return header;
}

function resolversOf(current: avsc.Type, history: readonly avsc.Type[]): Map<bigint, avsc.Resolver> {
  const resolvers = new Map<bigint, avsc.Resolver>();
  for (const version of history) {
    resolvers.set(fingerprintOf(canonicalForm(version)), current.createResolver(version));
  }
  resolvers.delete(fingerprintOf(canonicalForm(current)));
  return resolvers;
}

function describe(path: readonly string[], found: unknown): string {
  const type = found === null ? 'null' : typeof found;
  return `${path.length === 0 ? '(record)' : path.join('.')}: ${type}`;
}

function message(type: avsc.Type, problems: readonly string[]): string {
  return `Not a valid ${type.name ?? 'record'}: ${problems.slice(0, 5).join(', ')}`;
}
