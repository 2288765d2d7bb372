import { createServer, type Server, type ServerResponse } from 'node:http';

/** What happens to one bulk request. `cut` and `half` lose the answer after the server has done the work. */
export type Fault = 'none' | 'refuse' | 'cut' | 'half' | 429 | 503 | 401;

/** Requests of more bytes are too large. */
export interface FaultProxyOptions {
  readonly target: string;
  readonly bytes_max: number;
  /** Asked for each bulk request. */
  readonly nextFault: () => Fault;
}

/** Stands between a client and a real Elasticsearch, for tests. Everything but bulk requests passes. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = 'GET', url = '/', headers } = request;
      const type = headers['content-type'] ?? 'application/json';
      const fault = url.startsWith('/_bulk') ? options.nextFault() : 'none';
      serve(options, response, { method, url, type, body: Buffer.concat(parts) }, fault).catch(() => {
        response.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return { url: `http://127.0.0.1:${address.port}`, server };
}

interface Forwarded {
  readonly method: string;
  readonly url: string;
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
}

async function serve(
  { target, bytes_max }: FaultProxyOptions,
  response: ServerResponse,
  { method, url, type, body }: Forwarded,
  fault: Fault,
): Promise<void> {
  if (fault === 'refuse') return void response.destroy();
  if (typeof fault === 'number') return void response.writeHead(fault).end('{}');
  if (body.length > bytes_max) return void response.writeHead(413).end('too large');
  const answer = await fetch(`${target}${url}`, {
    method,
    headers: { 'content-type': type },
    ...(body.length === 0 ? {} : { body }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (fault === 'cut') return void response.destroy();
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json',
    'x-elastic-product': 'Elasticsearch',
    'content-length': bytes.length,
  });
  if (fault === 'none') return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}
