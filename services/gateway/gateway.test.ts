import { beforeEach, describe, expect, it } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { OutgoingRecord } from '#shared/kafka/port.ts';
import { AdmissionGate } from './admission-gate.ts';
import { createGatewayServer } from './pipeline.ts';
import { body_bytes_max } from './routes/ingest.ts';

const senders = [{ name: 'acme/eu1', token: 'a-token-of-some-length' }];
const authorization = `Bearer ${senders[0]?.token}`;

function gateway(send: (records: readonly OutgoingRecord[]) => Promise<void>, gate = new AdmissionGate()) {
  return createGatewayServer({
    writer: { send, close: () => Promise.resolve() },
    senders,
    gate,
    now_ms: () => 7,
    refused: {
      refuse: (hasToken) => void refused.push(hasToken),
      flush: () => Promise.resolve(),
    },
  });
}

/** Whether those who were refused had a token. */
let refused: boolean[];
beforeEach(() => {
  refused = [];
});

describe('POST /v1/<family>', () => {
  it('writes the exact bytes, with the scope of the token, and answers after the acknowledgement', async () => {
    const sent: OutgoingRecord[] = [];
    const server = gateway(async (records) => void sent.push(...records));
    const payload = Buffer.from([0x7b, 0xff, 0x7d]);
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/runtime',
      headers: { authorization },
      payload,
    });
    expect(answer.statusCode).toBe(202);
    expect(sent).toEqual([
      { topic: 'raw.runtime', value: payload, timestamp_ms: 7, headers: { 'breakwater-scope': 'acme/eu1' } },
    ]);
  });

  it('refuses who has no token, an empty body, one that is too large and an unknown family', async () => {
    const server = gateway(() => Promise.reject(new Error('must not be called')));
    const post = (url: string, headers: Record<string, string>, payload: Buffer | string) =>
      server.inject({ method: 'POST', url, headers, payload });
    expect((await post('/v1/runtime', {}, '{}')).statusCode).toBe(401);
    expect((await post('/v1/runtime', { authorization: 'Bearer wrong' }, '{}')).statusCode).toBe(401);
    expect(refused).toEqual([false, true]);
    expect((await post('/v1/runtime', { authorization }, '')).statusCode).toBe(400);
    expect((await post('/v1/runtime', { authorization }, Buffer.alloc(body_bytes_max + 1))).statusCode).toBe(
      413,
    );
    expect((await post('/v1/other', { authorization }, '{}')).statusCode).toBe(404);
  });

  it('answers 429 instead of queueing without bound, and takes again when there is room', async () => {
    const waiting: (() => void)[] = [];
    const server = gateway(() => new Promise((resolve) => waiting.push(resolve)), new AdmissionGate(10));
    // `inject` only sends once it is awaited.
    const post = async () =>
      await server.inject({
        method: 'POST',
        url: '/v1/runtime',
        headers: { authorization },
        payload: '12345678',
      });
    const first = post();
    await expect.poll(() => waiting.length).toBe(1);
    expect((await post()).statusCode).toBe(429);
    waiting.pop()?.();
    expect((await first).statusCode).toBe(202);
    const third = post();
    await expect.poll(() => waiting.length).toBe(1);
    waiting.pop()?.();
    expect((await third).statusCode).toBe(202);
  });

  it('answers 503 when Kafka does not acknowledge, and 500 for a bug', async () => {
    const away = new BreakwaterError('BW_KAFKA_SEND_FAILED', 'away');
    const request = {
      method: 'POST',
      url: '/v1/network',
      headers: { authorization },
      payload: '{}',
    } as const;
    const answer = await gateway(() => Promise.reject(away)).inject(request);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBeDefined();
    expect((await gateway(() => Promise.reject(new Error('bug'))).inject(request)).statusCode).toBe(500);
  });
});
