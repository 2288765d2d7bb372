import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { type FakeTimeServer, startTimeServer } from './testing/fake-time-server.ts';
import { measureOffset, offsetOf } from './time-server.ts';

let server: FakeTimeServer | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

async function startServer(...options: Parameters<typeof startTimeServer>): Promise<FakeTimeServer> {
  server = await startTimeServer(...options);
  return server;
}

test.each([0, 90_000, -90_000])(
  'a server that is %d ms ahead is measured, within the error it states',
  async (ahead_ms) => {
    const measured = await measureOffset(await startServer(ahead_ms), systemClock);
    expect(Math.abs((measured?.offset_us ?? 0) - ahead_ms * 1000)).toBeLessThan(measured?.error_us_max ?? 0);
    expect(measured?.error_us_max).toBeGreaterThan(15_625);
  },
);

const spoilings: readonly (readonly [string, (answer: Buffer) => Buffer])[] = [
  ['of nobody who saw the request', (answer) => Buffer.concat([answer.subarray(0, 24), Buffer.alloc(24)])],
  ['that is too short', (answer) => answer.subarray(0, 47)],
  ['of a server without a time', (answer) => Buffer.concat([Buffer.of(0b11_100_100), answer.subarray(1)])],
  ['that refuses', (answer) => Buffer.concat([Buffer.of(0b00_100_100, 0), answer.subarray(2)])],
  ['that is a request', (answer) => Buffer.concat([Buffer.of(0b00_100_011), answer.subarray(1)])],
];
test.each(spoilings)('an answer %s is no measurement', async (_name, spoil) => {
  expect(await measureOffset(await startServer(0, spoil), systemClock)).toBeUndefined();
});

test('nobody there, no measurement', async () => {
  const { host } = await startServer(0, () => undefined);
  expect(await measureOffset({ host, port: 9 }, systemClock, 100)).toBeUndefined();
  expect(await measureOffset({ host: 'no-such-host.invalid', port: 123 }, systemClock, 100)).toBeUndefined();
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const answer = Buffer.from(bytes);
      offsetOf(answer, answer.subarray(24, 32), 0, 0);
    }),
  );
});
