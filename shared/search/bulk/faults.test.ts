import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualTime } from '#shared/clock/virtual.ts';
import type { SearchOutcome, SearchWrite } from '../port.ts';
import { noSearchTelemetry } from '../telemetry.ts';
import { defaultBulkLimits } from './limits.ts';
import { failed, ModelServer } from './model-server.ts';
import { type BulkReply, isRecord } from './reply.ts';
import { BulkWriter } from './writer.ts';

/** Set it higher for a longer run; the seed is in the failure message. */
const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 150);

type Fault =
  | 'none'
  | 'refused'
  | 'answer lost'
  | 'answer cut'
  | 429
  | 413
  | 401
  | 503
  | 400
  | 'items 429'
  | 'items 404';
const faults: readonly Fault[] = [
  'none',
  'none',
  'refused',
  'answer lost',
  'answer cut',
  429,
  413,
  401,
  503,
  400,
  'items 429',
  'items 404',
];

const arrivals = fc.array(
  fc.record({
    pause_ms: fc.integer({ min: 0, max: 50 }),
    writes: fc.array(
      fc.record({
        key: fc.integer({ min: 0, max: 30 }),
        action: fc.constantFrom('create', 'put', 'remove'),
        version: fc.integer({ min: 1, max: 9 }),
        poison: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  }),
  { minLength: 1, maxLength: 10 },
);

describe('BulkWriter among faults', () => {
  it('makes every document final, stores each once, and says truly what became of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        fc.array(fc.constantFrom(...faults), { maxLength: 40 }),
        async (calls, plan) => {
          const { writer, server, time } = setUp(plan);
          const writes: SearchWrite[] = [];
          const results: Promise<readonly SearchOutcome[]>[] = [];
          for (const call of calls) {
            const batch = call.writes.map(toWrite);
            writes.push(...batch);
            results.push(writer.write(batch));
            await time.advance(call.pause_ms);
          }
          await time.advance(24 * 60 * 60_000);
          const outcomes = (await Promise.all(results)).flat();
          expect(outcomes).toHaveLength(writes.length);
          judge(writes, outcomes, server);
        },
      ),
      { numRuns: runs },
    );
  });
});

function judge(
  writes: readonly SearchWrite[],
  outcomes: readonly SearchOutcome[],
  server: ModelServer,
): void {
  writes.forEach((write, index) => {
    const { kind } = outcomes[index] ?? { kind: 'missing' };
    const stored = server.stored.get(write.id);
    if (kind === 'rejected') {
      expect(write.action).toBe('put');
      expect(write.document).toContain('poison');
      return;
    }
    expect(stored).toBeDefined();
    if (write.action === 'create')
      expect([write.document, write.safe_document?.()]).toContain(stored?.document);
    else expect(Number(stored?.version)).toBeGreaterThanOrEqual(Number(write.version));
  });
}

/** Creates, puts and removes go to ids of their own; equal versions carry equal documents. */
function toWrite({
  key,
  action,
  version,
  poison,
}: {
  key: number;
  action: string;
  version: number;
  poison: boolean;
}): SearchWrite {
  if (action === 'create') {
    const document = key % 5 === 0 ? `{"poison":${key}}` : `{"k":${key}}`;
    return {
      index: 'logs-a.b-t',
      id: `create-${key}`,
      action,
      document,
      safe_document: () => `{"safe":${key}}`,
    };
  }
  const table = {
    index: 'table',
    id: `table-${key}`,
    version: BigInt(version * 2 + (action === 'remove' ? 1 : 0)),
  };
  if (action === 'remove') return { ...table, action };
  return { ...table, action: 'put', document: poison && key === 0 ? '{"poison":1}' : `{"v":${version}}` };
}

function setUp(plan: readonly Fault[]) {
  const time = new VirtualTime();
  const server = new ModelServer();
  let sent = 0;
  const writer = new BulkWriter({
    transport: {
      send: async (body) => {
        const fault = plan[sent] ?? 'none';
        sent += 1;
        await new Promise<void>((resolve) => {
          time.after(3, resolve);
        });
        return answer(server, body, fault);
      },
    },
    prepare: () => Promise.resolve(),
    limits: { ...defaultBulkLimits, bulk_documents_max: 7, bulk_bytes_max: 2000, bulk_bytes_min: 100 },
    clock: time,
    timer: time,
    random: () => 0.7,
    telemetry: noSearchTelemetry,
  });
  return { writer, server, time };
}

function answer(server: ModelServer, body: Buffer, fault: Fault): BulkReply {
  switch (fault) {
    case 'none':
      return server.apply(body);
    case 'refused':
      return { kind: 'unanswered', reason: 'ConnectionError', detail: '' };
    case 'answer lost':
      server.apply(body);
      return { kind: 'unanswered', reason: 'TimeoutError', detail: '' };
    case 'answer cut':
      return withItems(server.apply(body), (items) => items.slice(1));
    case 'items 429':
      return withItems(withoutApplying(body), (items) =>
        items.map(() => ({ create: failed(429, 'es_rejected_execution_exception') })),
      );
    case 'items 404':
      return withItems(withoutApplying(body), (items) =>
        items.map(() => ({ create: failed(404, 'index_not_found_exception') })),
      );
    case 400:
    case 413:
      // Refusing even a single document for good would be a rejection: this fault spoils only larger requests.
      return body.toString().split('\n').length > 4 ? http(fault) : server.apply(body);
    case 429:
    case 401:
    case 503:
      return http(fault);
  }
}

function http(status: number): BulkReply {
  return { kind: 'answered', status, body: '' };
}

function withoutApplying(body: Buffer): BulkReply {
  return new ModelServer().apply(body);
}

function withItems(reply: BulkReply, change: (items: readonly unknown[]) => readonly unknown[]): BulkReply {
  if (reply.kind !== 'answered' || !isRecord(reply.body) || !Array.isArray(reply.body['items'])) return reply;
  return { ...reply, body: { items: change(reply.body['items']) } };
}
