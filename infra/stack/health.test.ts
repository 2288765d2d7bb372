import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { probe } from './health.ts';

/** What a broker answers to requests of one API, without size and correlation. */
type Answers = (api: number, version: number, port: number) => Buffer;

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);
const compact = (value: string): Buffer => Buffer.concat([Buffer.of(value.length + 1), Buffer.from(value)]);

const versions_api = 18;
const metadata_api = 3;

/** `metadata.version` from 7 up to a level, among the features of ApiVersions 3. */
function newVersions(level: number): Buffer {
  const feature = (name: string, from: number, to: number): Buffer =>
    Buffer.concat([compact(name), int16(from), int16(to), Buffer.of(0)]);
  const features = Buffer.concat([
    Buffer.of(3),
    feature('kraft.version', 0, 1),
    feature('metadata.version', 7, level),
  ]);
  const apis = Buffer.concat([Buffer.of(2), int16(metadata_api), int16(0), int16(1), Buffer.of(0)]);
  return Buffer.concat([int16(0), apis, int32(0), Buffer.of(1, 0, features.length), features]);
}

function answer(api: number, version: number, port: number, level: number | undefined): Buffer {
  if (api === versions_api && version > 2) {
    const unsupported = 35;
    return level === undefined ? Buffer.concat([int16(unsupported), int32(0)]) : newVersions(level);
  }
  if (api === versions_api) {
    const apis = [versions_api, metadata_api].map((key) =>
      Buffer.concat([int16(key), int16(0), int16(key === versions_api ? 2 : 1)]),
    );
    return Buffer.concat([int16(0), int32(apis.length), ...apis, int32(0)]);
  }
  const broker = Buffer.concat([int32(1), text('127.0.0.1'), int32(port), int16(-1)]);
  return Buffer.concat([int32(1), broker, int32(1), int32(0)]);
}

async function startBroker(answers: Answers): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (request) => {
      const [api, version] = [request.readInt16BE(4), request.readInt16BE(6)];
      const body = Buffer.concat([request.subarray(8, 12), answers(api, version, portOf(server.address()))]);
      socket.write(Buffer.concat([int32(body.length), body]));
    });
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${portOf(server.address())}`;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('the probe of Kafka', () => {
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  beforeEach(() => void process.on('warning', note));
  afterEach(() => void process.off('warning', note));

  it.each([
    ['4.3', 30],
    ['4.0', 25],
    ['3.7', 19],
    ['4.3 or later', 99],
    [undefined, undefined],
  ])('tells %s by the level of its features, and warns of nothing', async (release, level) => {
    const address = await startBroker((api, version, port) => answer(api, version, port, level));
    expect(await probe('kafka', address)).toBe(release);
    // A warning is emitted in the next turn.
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });

  it('asks the next broker when the first is gone, and says so when all are', async () => {
    const address = await startBroker((api, version, port) => answer(api, version, port, 30));
    expect(await probe('kafka', `127.0.0.1:1,${address}`)).toBe('4.3');
    await expect(probe('kafka', '127.0.0.1:1')).rejects.toThrow('ECONNREFUSED');
  });
});
