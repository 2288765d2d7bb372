import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { mendRequestQueue } from './request-queue.ts';

mendRequestQueue();
const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');

function createQueue(maxInFlightRequests: number) {
  return new RequestQueue({
    maxInFlightRequests,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'test',
    logger: { debug: () => undefined, warn: () => undefined },
  });
}

function request(correlationId: number, sendRequest: () => void) {
  return {
    entry: { correlationId, resolve: () => undefined, reject: () => undefined },
    expectResponse: true,
    sendRequest,
  };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('no timer runs while nothing waits', () => {
  const queue = createQueue(2);
  const sent = vi.fn();
  queue.push(request(1, sent));
  queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
  expect(sent).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('what waits for a free slot is sent when a request is answered', () => {
  const queue = createQueue(1);
  const second = vi.fn();
  queue.push(request(1, () => undefined));
  queue.push(request(2, second));
  expect(second).not.toHaveBeenCalled();
  queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
  expect(second).toHaveBeenCalledTimes(1);
});

test('what waits for the end of a throttle is sent then', () => {
  const queue = createQueue(1);
  const sent = vi.fn();
  queue.maybeThrottle(300);
  queue.push(request(1, sent));
  vi.advanceTimersByTime(299);
  expect(sent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(20);
  expect(sent).toHaveBeenCalledTimes(1);
});
