import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { systemClock } from '../clock.ts';
import type { TimeServer } from '../time-server.ts';

export interface FakeTimeServer extends TimeServer {
  readonly close: () => void;
}

/** A time server on this computer whose clock is ahead by so much, with answers that a test can spoil or withhold. */
export async function startTimeServer(
  ahead_ms: number,
  spoil: (answer: Buffer) => Buffer | undefined = (answer) => answer,
): Promise<FakeTimeServer> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (request, { port, address }) => {
    const answer = spoil(answerTo(request, systemClock.now_ms() + ahead_ms));
    if (answer !== undefined) socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { host: '127.0.0.1', port: socket.address().port, close: () => socket.close() };
}

function answerTo(request: Buffer, now_ms: number): Buffer {
  const answer = Buffer.alloc(48);
  answer.writeUInt8(0b00_100_100, 0);
  answer.writeUInt8(2, 1);
  // Root delay and dispersion: 1/64 s and 1/128 s.
  answer.writeUInt32BE(1 << 10, 4);
  answer.writeUInt32BE(1 << 9, 8);
  request.copy(answer, 24, 40, 48);
  for (const at of [32, 40]) {
    answer.writeUInt32BE(Math.floor(now_ms / 1000) + 2_208_988_800, at);
    answer.writeUInt32BE(Math.floor(((now_ms % 1000) / 1000) * 2 ** 32), at + 4);
  }
  return answer;
}
