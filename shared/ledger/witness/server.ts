import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Witness } from './witness.ts';

/** A checkpoint with 64 signatures, or a proof of 63 hashes: far below this. */
const request_bytes_max = 64 * 1024;
const request_timeout_ms = 10_000;

export interface WitnessServer {
  /** Submission and monitoring prefix, such as `http://127.0.0.1:7380`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the witness protocol; `port` 0 takes a free one. */
export async function serveWitness(witness: Witness, host: string, port: number): Promise<WitnessServer> {
  const server = createServer({ requestTimeout: request_timeout_ms }, (request, response) => {
    answer(witness, request, response).catch((error: unknown) => {
      response.writeHead(500).end();
      server.emit('error', error);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host}:${bound}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      witness.close();
    },
  };
}

async function answer(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://witness');
  if (request.method === 'POST' && pathname === '/add-checkpoint') {
    const body = await readBody(request);
    if (body === undefined) {
      response.writeHead(413).end();
      return;
    }
    const { status, content_type, body: text } = await witness.addCheckpoint(body);
    response.writeHead(status, { 'content-type': content_type }).end(text);
    return;
  }
  const [, originHash = ''] = /^\/([^/]+)\/checkpoint$/.exec(pathname) ?? [];
  const latest = request.method === 'GET' ? witness.latest(originHash) : undefined;
  if (latest === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(latest);
}

/** Undefined when it is longer than a request can be. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part: unknown = chunk;
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.length;
    if (bytes > request_bytes_max) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}
