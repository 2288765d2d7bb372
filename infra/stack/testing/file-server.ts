import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const break_off_ms = 100;

/** How a repository behaves that is not at its best. */
export interface Behaviour {
  /** Answers the whole file, whatever part was asked for. */
  readonly ignoresRanges?: boolean;
  /** So many of the first answers break off half-way. */
  readonly broken_answers?: number;
  /** So many of the first answers are HTTP 503. */
  readonly busy_answers?: number;
}

export interface FileServer {
  /** Where it serves the content. */
  readonly address: URL;
  /** The `Range` of each request, in order. */
  readonly ranges: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** Serves one content under every path, on a free port of 127.0.0.1. */
export async function serveFile(content: Buffer, behaviour: Behaviour = {}): Promise<FileServer> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(content, request, response, behaviour, ranges.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    address: new URL(`http://127.0.0.1:${port}/file`),
    ranges,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(
  content: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  behaviour: Behaviour,
  count: number,
): void {
  if (count <= (behaviour.busy_answers ?? 0)) {
    response.writeHead(503).end();
    return;
  }
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const isPart = from !== undefined && behaviour.ignoresRanges !== true;
  const body = isPart ? content.subarray(Number(from), to ? Number(to) + 1 : undefined) : content;
  response.writeHead(isPart ? 206 : 200, { 'content-length': body.length });
  if (count > (behaviour.broken_answers ?? 0)) response.end(body);
  else breakOff(response, body.subarray(0, body.length / 2));
}

/** Gives the client time to take what was sent; a connection that is reset at once may lose it. */
function breakOff(response: ServerResponse, sent: Buffer): void {
  response.write(sent, () => setTimeout(() => response.destroy(), break_off_ms));
}
