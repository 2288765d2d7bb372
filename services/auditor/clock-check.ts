import type { Clock } from '#shared/clock/clock.ts';
import { measureOffset, type TimeServer } from '#shared/clock/time-server.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';

export interface ClockCheckOptions {
  readonly time_server: TimeServer | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
}

/** A clock that is further off raises an alarm. */
const offset_us_max = 1_000_000;

/** What a heartbeat says of the clock: its offset, on whose word, and how exact; or that nobody could be asked. */
export async function compareClock(options: ClockCheckOptions): Promise<Readonly<Record<string, string>>> {
  const { time_server, clock, log, telemetry } = options;
  if (time_server === undefined) return { clock_source: 'unknown' };
  const { host: clock_server } = time_server;
  const measured = await measureOffset(time_server, clock);
  if (measured === undefined) {
    log.warn('the time server does not say how far the clock is off', { time_server: clock_server });
    return { clock_source: 'unknown', clock_server };
  }
  const { offset_us, error_us_max } = measured;
  if (Math.abs(offset_us) > offset_us_max) {
    telemetry.errorSeen('BW_CLOCK_OFF', 'heartbeat');
    log.error('the clock is off', { time_server: clock_server, offset_us, error_us_max });
  }
  return {
    clock_source: 'ntp',
    clock_server,
    clock_offset_us: String(offset_us),
    clock_error_us_max: String(error_us_max),
  };
}
