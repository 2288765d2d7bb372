import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How one component fares; `detail` is for people. */
export interface Health {
  readonly ready: boolean;
  readonly detail: string;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `/health` (the process lives), `/ready` (it can work: 200 or 503) and `/metrics` (Prometheus text). */
export async function startHealthServer(
  address: { readonly host: string; readonly port: number },
  readiness: () => Health,
  metrics: () => Promise<string>,
): Promise<HealthServer> {
  const answer = async (path: string): Promise<{ status: number; type: string; body: string }> => {
    if (path === '/health') return { status: 200, type: 'application/json', body: '{"status":"alive"}' };
    if (path === '/ready') {
      const health = readiness();
      return { status: health.ready ? 200 : 503, type: 'application/json', body: JSON.stringify(health) };
    }
    if (path === '/metrics') return { status: 200, type: 'text/plain; version=0.0.4', body: await metrics() };
    return { status: 404, type: 'text/plain', body: 'not found: try /health, /ready or /metrics\n' };
  };
  const server = createServer((request, response) => {
    answer(request.url ?? '/').then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  return {
    url: urlOf(server.address()),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new TypeError('the health server has no port');
  return `http://${address.address}:${address.port}`;
}
