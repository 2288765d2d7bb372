import { connect } from 'node:net';

/** The feature that every release of Kafka since 3.3 raises (without ZooKeeper; else a broker does not tell). */
const release_feature = 'metadata.version';
/** Lowest level of that feature by release, newest first (`MetadataVersion` in Kafka's sources). */
const releases: readonly (readonly [level: number, release: string])[] = [
  [30, '4.3'],
  [28, '4.2'],
  [26, '4.1'],
  [22, '4.0'],
  [21, '3.9'],
  [20, '3.8'],
  [15, '3.7'],
  [12, '3.6'],
  [9, '3.5'],
  [8, '3.4'],
  [7, '3.3'],
];
const latest_level = 30;

const response_bytes_max = 1024 * 1024;
const size_bytes = 4;
const api_versions_key = 18;
const api_versions_version = 3;
const supported_features_tag = 0;

/**
 * Which release a broker is of, such as `4.3`: Kafka's protocol does not tell, but the features that it supports do.
 * Undefined when those do not say. Throws when nothing answers at `address` (`host:port`) in time.
 */
export async function readKafkaRelease(address: string, timeout_ms: number): Promise<string | undefined> {
  const response = await ask(address, versionsRequest(), timeout_ms);
  const level = supportedLevel(response);
  return level === undefined ? undefined : releaseOf(level);
}

function releaseOf(level: number): string | undefined {
  // A later release: at least the last one that is known here.
  const suffix = level > latest_level ? ' or later' : '';
  const found = releases.find(([lowest]) => level >= lowest)?.[1];
  return found === undefined ? undefined : found + suffix;
}

/** ApiVersions, version 3, as the Kafka protocol guide lays it out; needs no authentication. */
function versionsRequest(): Buffer {
  const compact = (text: string): Buffer =>
    Buffer.concat([Buffer.from([text.length + 1]), Buffer.from(text)]);
  const header = Buffer.alloc(10);
  header.writeInt16BE(api_versions_key, 0);
  header.writeInt16BE(api_versions_version, 2);
  // Correlation 0, no client id.
  header.writeInt16BE(-1, 8);
  const noTags = Buffer.from([0]);
  const body = Buffer.concat([header, noTags, compact('breakwater'), compact('1'), noTags]);
  const size = Buffer.alloc(size_bytes);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/** Sends one request; resolves to what follows the size of the response. */
function ask(address: string, request: Buffer, timeout_ms: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const at = address.lastIndexOf(':');
  const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  socket.setTimeout(timeout_ms, () => socket.destroy(new Error(`${address} does not answer`)));
  let received = Buffer.alloc(0);
  socket.once('connect', () => socket.write(request));
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    if (received.length < size_bytes) return;
    const response_bytes = received.readInt32BE(0);
    const end = size_bytes + response_bytes;
    if (response_bytes <= 0 || response_bytes > response_bytes_max)
      socket.destroy(new Error(`${address} does not speak Kafka's protocol`));
    else if (received.length >= end) {
      resolve(received.subarray(size_bytes, end));
      socket.destroy();
    }
  });
  socket.once('close', () => reject(new Error(`${address} closed the connection`)));
  socket.once('error', reject);
  return promise;
}

/** The highest level of the release feature that a response tells; undefined when it tells none. */
export function supportedLevel(response: Buffer): number | undefined {
  try {
    return readLevel(new Cursor(response));
  } catch (error) {
    // An older version of the response, or something else: it ends before what is looked for.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readLevel(cursor: Cursor): number | undefined {
  const correlation_bytes = 4;
  cursor.skip(correlation_bytes);
  if (cursor.int16() !== 0) return undefined;
  for (let left = cursor.varint() - 1; left > 0; left--) {
    const api_bytes = 6;
    cursor.skip(api_bytes);
    cursor.skipTags();
  }
  const throttle_bytes = 4;
  cursor.skip(throttle_bytes);
  for (let left = cursor.varint(); left > 0; left--) {
    const tag = cursor.varint();
    const length = cursor.varint();
    if (tag === supported_features_tag) return levelAmong(cursor);
    cursor.skip(length);
  }
  return undefined;
}

function levelAmong(cursor: Cursor): number | undefined {
  let found: number | undefined;
  for (let left = cursor.varint() - 1; left > 0; left--) {
    const name = cursor.text(cursor.varint() - 1);
    cursor.int16();
    const level = cursor.int16();
    cursor.skipTags();
    if (name === release_feature) found = level;
  }
  return found;
}

/** Reads one field after the other; beyond the end it throws a RangeError. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(count: number): void {
    this.#at += count;
  }

  int16(): number {
    const value = this.#bytes.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  /** Unsigned, seven bits a byte, lowest first. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number without an end');
  }

  text(length: number): string {
    const text = this.#bytes.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return text;
  }

  skipTags(): void {
    for (let left = this.varint(); left > 0; left--) {
      this.varint();
      this.skip(this.varint());
    }
  }
}
