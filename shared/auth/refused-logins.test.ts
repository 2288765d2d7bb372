import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { RefusedLogins } from './refused-logins.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const away = new BreakwaterError('BW_KAFKA_SEND_FAILED', 'Kafka is away');

function watched(failures: Error[]): { refused: RefusedLogins; entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  const record = async (some: readonly AuditEntry[]): Promise<void> => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    entries.push(...some);
  };
  const options = { audit: { record }, tenant: 't', now_ms: () => 7, log: silentLog };
  return { refused: new RefusedLogins(options), entries };
}

it('writes later what cannot be written yet, though nobody else is refused', async () => {
  const { refused, entries } = watched([away]);
  refused.refuse(true, '198.51.100.1');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(entries).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(entries).toMatchObject([{ type: 'login.failed', facts: { attempts: '1' } }]);
});

it('adds up what came while it could not be written, with the addresses', async () => {
  const { refused, entries } = watched([away]);
  refused.refuse(true, '198.51.100.1');
  const writing = refused.flush();
  refused.refuse(false, '198.51.100.2');
  refused.refuse(false, '198.51.100.1');
  await writing;
  await refused.flush();
  expect(entries).toMatchObject([{ facts: { attempts: '3', without_token: '2', addresses: '2' } }]);
  expect(JSON.parse(entries[0]?.body ?? '')).toEqual({
    addresses: { '198.51.100.1': 2, '198.51.100.2': 1 },
  });
});

it('does not hide a fault', async () => {
  const { refused } = watched([new TypeError('a fault')]);
  refused.refuse(true, '198.51.100.1');
  await expect(refused.flush()).rejects.toThrow('a fault');
});
