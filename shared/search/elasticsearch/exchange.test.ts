import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type BulkReply } from '../bulk/reply.ts';
import { createBulkTransport } from './bulk-transport.ts';
import { createClient } from './client.ts';
import { exchange } from './exchange.ts';

const product = { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' };
const body = Buffer.from('{"create":{"_index":"i","_id":"ü"}}\n{"a":1}\n');
const answer = '{"items":[{"create":{"status":201}}]}';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** What the client makes of what a server does; each on a real connection. */
const cases: readonly [name: string, listener: RequestListener, reply: Partial<BulkReply>][] = [
  [
    'an answer',
    (_, response) => response.writeHead(200, product).end(answer),
    { kind: 'answered', status: 200 },
  ],
  [
    '429 with Retry-After',
    (_, response) => response.writeHead(429, { ...product, 'retry-after': '7' }).end('{}'),
    { kind: 'answered', status: 429, retry_after_ms: 7000 },
  ],
  [
    '413 of a proxy',
    (_, response) => response.writeHead(413).end('<html>'),
    { kind: 'answered', status: 413 },
  ],
  ['503', (_, response) => response.writeHead(503, product).end('{}'), { kind: 'answered', status: 503 }],
  ['401', (_, response) => response.writeHead(401, product).end('{}'), { kind: 'answered', status: 401 }],
  ['another product', (_, response) => response.writeHead(200).end(answer), { kind: 'foreign' }],
  ['a reset', (request) => request.socket.resetAndDestroy(), { kind: 'unanswered' }],
  [
    'half an answer',
    (_, response) => {
      response.writeHead(200, { ...product, 'content-length': answer.length });
      response.write(answer.slice(0, 20), () => response.destroy());
    },
    { kind: 'unanswered' },
  ],
  [
    'cut JSON',
    (_, response) => response.writeHead(200, product).end(answer.slice(0, 20)),
    { kind: 'unanswered', reason: 'DeserializationError' },
  ],
  ['no answer in time', () => undefined, { kind: 'unanswered', reason: 'TimeoutError' }],
];

describe('exchange', () => {
  it.each(cases)('%s', async (_name, listener, reply) => {
    const client = createClient({ url: await listen(listener) });
    const request = { method: 'POST', path: '/_bulk', ndjson: body, timeout_ms: 300 } as const;
    expect(await exchange(client, request)).toMatchObject(reply);
  });

  it('a server that is not there', async () => {
    const client = createClient({ url: 'http://127.0.0.1:1' });
    expect(await createBulkTransport(client).send(body)).toMatchObject({ kind: 'unanswered' });
  });

  it('sends the bytes as they are, in media types of no major version, once', async () => {
    const requests: { body: string; type: string | undefined; accept: string | undefined }[] = [];
    const url = await listen((request, response) => {
      const { 'content-type': type, accept } = request.headers;
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        requests.push({ body: text, type, accept });
        response.writeHead(503, product).end('{}');
      });
    });
    await createBulkTransport(createClient({ url })).send(body);
    expect(requests).toEqual([
      { body: body.toString(), type: 'application/x-ndjson', accept: 'application/json' },
    ]);
  });

  it('takes another product only when told so, and sends an API key', async () => {
    let authorization: string | undefined;
    const url = await listen((request, response) => {
      authorization = request.headers.authorization;
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });
    const client = createClient({ url, require_product: false, api_key: 'a2V5' });
    expect(await createBulkTransport(client).send(body)).toMatchObject({ kind: 'answered', status: 200 });
    expect(authorization).toBe('ApiKey a2V5');
  });
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${portOf(server.address())}`;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}
