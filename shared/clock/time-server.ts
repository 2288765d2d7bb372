import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Clock } from './clock.ts';

/** A server of the Network Time Protocol. */
export interface TimeServer {
  readonly host: string;
  readonly port: number;
}

/** How far the clock of this computer is from that of a time server. */
export interface ClockOffset {
  /** What has to be added to this clock, microseconds. */
  readonly offset_us: number;
  /** The true offset is not further from that, on the server's word: half the way there and back, and its own error. */
  readonly error_us_max: number;
}

const packet_bytes = 48;
/** Version 4, client. */
const client_mode = 0b00_100_011;
const server_mode = 4;
const unsynchronised = 3;
const stratum_max = 15;
/** Seconds from 1900, where NTP counts from, to 1970. */
const epoch_seconds = 2_208_988_800;
const answer_ms_default = 2_000;
/** Our clock counts whole milliseconds. */
const clock_step_us = 1_000;

/**
 * Asks a time server once (SNTP, RFC 5905 section 14). Undefined when it does not answer within two seconds, or its
 * answer cannot be used.
 */
export async function measureOffset(
  server: TimeServer,
  clock: Clock,
  answer_ms_max = answer_ms_default,
): Promise<ClockOffset | undefined> {
  const socket = createSocket('udp4');
  try {
    return await ask(socket, server, clock, AbortSignal.timeout(answer_ms_max));
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  } finally {
    socket.close();
  }
}

async function ask(
  socket: Socket,
  { host, port }: TimeServer,
  clock: Clock,
  signal: AbortSignal,
): Promise<ClockOffset | undefined> {
  const request = Buffer.alloc(packet_bytes);
  request.writeUInt8(client_mode, 0);
  // The server sends it back: nobody who has not seen it can answer.
  const nonce = randomBytes(8);
  nonce.copy(request, 40);
  const sent_us = clock.now_ms() * 1_000;
  const started_ms = performance.now();
  const sent = new Promise<void>((resolve, reject) => {
    socket.send(request, port, host, (error) => (error === null ? resolve() : reject(error)));
  });
  const [[answer]]: [unknown[], void] = await Promise.all([once(socket, 'message', { signal }), sent]);
  const elapsed_us = (performance.now() - started_ms) * 1_000;
  return Buffer.isBuffer(answer) ? offsetOf(answer, nonce, sent_us, elapsed_us) : undefined;
}

/** Exported for tests: reads an answer to the request with `nonce`, which was on its way for `elapsed_us`. */
export function offsetOf(
  answer: Buffer,
  nonce: Buffer,
  sent_us: number,
  elapsed_us: number,
): ClockOffset | undefined {
  if (answer.length < packet_bytes || !answer.subarray(24, 32).equals(nonce)) return undefined;
  const flags = answer.readUInt8(0);
  const stratum = answer.readUInt8(1);
  if ((flags & 0b111) !== server_mode || flags >> 6 === unsynchronised) return undefined;
  if (stratum === 0 || stratum > stratum_max) return undefined;
  const [received_us, replied_us] = [timeAt(answer, 32), timeAt(answer, 40)];
  const way_us = Math.max(0, elapsed_us - (replied_us - received_us));
  const offset_us = (received_us - sent_us + (replied_us - (sent_us + elapsed_us))) / 2;
  const server_error_us = shortAt(answer, 4) / 2 + shortAt(answer, 8);
  return {
    offset_us: Math.round(offset_us),
    error_us_max: Math.ceil(way_us / 2 + server_error_us) + clock_step_us,
  };
}

/** A 64-bit time of NTP as microseconds since 1970. */
function timeAt(packet: Buffer, at: number): number {
  const seconds = packet.readUInt32BE(at) - epoch_seconds;
  return seconds * 1e6 + (packet.readUInt32BE(at + 4) / 2 ** 32) * 1e6;
}

/** A 32-bit duration of NTP, 16 bits of it before the point, in microseconds. */
function shortAt(packet: Buffer, at: number): number {
  return (packet.readUInt32BE(at) / 2 ** 16) * 1e6;
}

/** No route, no such host, nobody listens, no answer in time. */
function isNoAnswer(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || 'syscall' in error);
}
