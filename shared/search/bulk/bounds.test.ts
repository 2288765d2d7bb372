import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOff } from './back-off.ts';
import { type Congestion, pressed, relieved, tooLarge, uncongested } from './congestion.ts';
import { Delivery } from './delivery.ts';
import { createItem, encodeItems } from './item.ts';
import { defaultBulkLimits as limits } from './limits.ts';
import { ItemQueue } from './queue.ts';
import { RejectionGuard } from './rejection-guard.ts';

const unit = fc.double({ min: 0, max: 1, noNaN: true });

describe('backOff', () => {
  it('doubles, and stays under its cap', () => {
    expect([1, 2, 3, 4].map((attempt) => backOff(attempt, 1, limits))).toEqual([100, 200, 400, 800]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), unit, (attempt, random) => {
        const delay_ms = backOff(attempt, random, limits);
        expect(delay_ms).toBeGreaterThanOrEqual(0);
        expect(delay_ms).toBeLessThanOrEqual(limits.retry_ms_max);
      }),
    );
  });

  it('never undercuts what the server asked for, up to a bound', () => {
    expect(backOff(1, 0, limits, 7000)).toBe(7000);
    expect(backOff(1, 1, limits, 10 ** 9)).toBe(limits.retry_after_ms_max);
  });
});

describe('congestion', () => {
  const step = fc.constantFrom<(now: Congestion) => Congestion>(
    (now) => pressed(now, limits),
    (now) => relieved(now, limits),
    (now) => tooLarge(now, 500_000, limits),
  );

  it('stays within its bounds whatever happens', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const end = steps.reduce((now, apply) => apply(now), uncongested(limits));
        expect(end.requests).toBeGreaterThanOrEqual(1);
        expect(end.requests).toBeLessThanOrEqual(limits.requests_in_flight_max);
        expect(end.bulk_bytes).toBeGreaterThanOrEqual(limits.bulk_bytes_min);
        expect(end.bulk_bytes).toBeLessThanOrEqual(end.bulk_bytes_ceiling);
      }),
    );
  });

  it('comes back to full speed after a crash of the rate', () => {
    let now = uncongested(limits);
    for (let failures = 0; failures < 10; failures += 1) now = pressed(now, limits);
    expect(now.requests).toBe(1);
    for (let successes = 0; successes < 40; successes += 1) now = relieved(now, limits);
    expect(now).toEqual(uncongested(limits));
  });
});

describe('RejectionGuard', () => {
  it('allows single rejections at once, and a share of many', () => {
    const fresh = new RejectionGuard(limits);
    let allowed = 0;
    for (; fresh.allows(); allowed += 1) fresh.note(true);
    expect(allowed).toBe(limits.rejections_min);

    const busy = new RejectionGuard(limits);
    for (let document = 0; document < 1000; document += 1) busy.note(false);
    for (allowed = 0; busy.allows(); allowed += 1) busy.note(true);
    expect(allowed).toBe(200);
  });

  it('forgets what left the window', () => {
    const guard = new RejectionGuard(limits);
    for (let document = 0; document < limits.rejections_min; document += 1) guard.note(true);
    expect(guard.allows()).toBe(false);
    for (let document = 0; document < limits.rejection_window_documents; document += 1) guard.note(false);
    expect(guard.allows()).toBe(true);
  });
});

describe('ItemQueue', () => {
  const delivery = new Delivery(1);
  const items = (sizes: readonly number[]) =>
    sizes.map((size, position) =>
      createItem({ index: 'i', id: 'x', action: 'create', document: 'd'.repeat(size) }, delivery, position),
    );

  it('keeps the order, the bounds and the sums', () => {
    const calls = fc.array(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 }), { maxLength: 20 });
    fc.assert(
      fc.property(
        calls,
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 8 }),
        (sizes, bytes, count) => {
          const queue = new ItemQueue();
          const all = sizes.map(items);
          all.forEach((batch, index) => queue.push(batch, index));
          expect(queue.bytes).toBe(sum(all.flat().map((item) => item.bytes)));
          const taken = [];
          while (queue.length > 0) {
            const batch = queue.take(bytes, count);
            expect(batch.length).toBeLessThanOrEqual(count);
            expect(batch.length === 1 || sum(batch.map((item) => item.bytes)) <= bytes).toBe(true);
            taken.push(...batch);
          }
          expect(taken).toEqual(all.flat());
          expect(queue.bytes).toBe(0);
          expect(queue.oldest_ms).toBeUndefined();
        },
      ),
    );
  });

  it('knows when its oldest document came', () => {
    const queue = new ItemQueue();
    queue.push(items([1, 1]), 10);
    queue.push(items([1]), 20);
    queue.take(1000, 1);
    expect(queue.oldest_ms).toBe(10);
    queue.take(1000, 1);
    expect(queue.oldest_ms).toBe(20);
  });
});

describe('encodeItems', () => {
  it('fills its buffer exactly, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))),
        (pairs) => {
          const delivery = new Delivery(1);
          const writes = pairs.map(
            ([id, document]) => ({ index: 'i', id, action: 'create', document }) as const,
          );
          const body = encodeItems(writes.map((write) => createItem(write, delivery, 0)));
          const lines = body.toString().split('\n');
          expect(lines).toHaveLength(pairs.length * 2 + 1);
          expect(lines.at(-1)).toBe('');
        },
      ),
      { numRuns: 30 },
    );
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
