import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { BreakwaterError } from '#shared/errors/error.ts';

/**
 * Below the range from which systems take ports for outgoing connections: a port of a server that was killed must not
 * be taken by a client meanwhile, not even by one that tries to reconnect to it and would meet itself.
 */
const port_min = 20_000;
const port_max = 32_000;
const attempts_max = 200;

/** Different ports on 127.0.0.1 on which nothing listens now. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < attempts_max && found.size < count; attempt++) {
    const port = randomInt(port_min, port_max);
    if (await isFree(port)) found.add(port);
  }
  if (found.size < count) {
    throw new BreakwaterError('BW_STACK_START_FAILED', `no free ports between ${port_min} and ${port_max}`);
  }
  return [...found];
}

/** Whether a server could listen on the port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return promise;
}
