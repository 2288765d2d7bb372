import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#shared/clock/clock.ts';
import { startTimeServer } from '#shared/clock/testing/fake-time-server.ts';
import { splitFacts } from '#shared/ledger/records/leaf.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { compareClock } from './clock-check.ts';

let alarms: string[];
let close: () => void;
beforeEach(() => {
  alarms = [];
  close = () => undefined;
});
afterEach(() => close());

const ports = {
  clock: systemClock,
  log: { ...silentLog, error: (message: string) => void alarms.push(message) },
  telemetry: { ...noTelemetry, errorSeen: (code: string) => void alarms.push(code) },
};

test('without a server, a heartbeat says that the offset is unknown', async () => {
  expect(await compareClock({ ...ports, time_server: undefined })).toEqual({ clock_source: 'unknown' });
});

test('a heartbeat has the offset and its error, and a clock that is more than a second off raises an alarm', async () => {
  for (const [ahead_ms, raised] of [
    [300, []],
    [-1_500, ['BW_CLOCK_OFF', 'the clock is off']],
  ] as const) {
    const time_server = await startTimeServer(ahead_ms);
    close = time_server.close;
    const facts = await compareClock({ ...ports, time_server });
    close();
    close = () => undefined;
    expect(facts).toMatchObject({ clock_source: 'ntp', clock_server: '127.0.0.1' });
    expect(Number(facts['clock_offset_us']) / 1000).toBeGreaterThan(ahead_ms - 100);
    expect(Number(facts['clock_offset_us']) / 1000).toBeLessThan(ahead_ms + 100);
    expect(splitFacts('audit.heartbeat', facts).hidden).toEqual({});
    expect(alarms).toEqual(raised);
  }
});

test('a server whose answer is of no use leaves it unknown, and says which was asked', async () => {
  const time_server = await startTimeServer(0, (answer) => answer.subarray(0, 10));
  close = time_server.close;
  expect(await compareClock({ ...ports, time_server })).toEqual({
    clock_source: 'unknown',
    clock_server: '127.0.0.1',
  });
});
