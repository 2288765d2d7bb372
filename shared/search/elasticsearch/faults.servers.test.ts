import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#shared/clock/clock.ts';
import { serverAddresses } from '../../../test/servers/addresses.ts';
import { eventStream } from '../names.ts';
import type { SearchWrite } from '../port.ts';
import { noSearchTelemetry, type WriterState } from '../telemetry.ts';
import { type Fault, startFaultProxy } from './fault-proxy.ts';
import { createElasticsearchSink } from './sink.ts';

const target = serverAddresses().elasticsearch_url;
const namespace = `faults_${Date.now().toString(36)}`;
const events = Number(process.env['BREAKWATER_DRILL_EVENTS'] ?? 10_000);
const batch_documents = 500;
const callers = 6;
const request_bytes_max = 40_000;
const closers: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

const faults: readonly Fault[] = ['refuse', 'cut', 'half', 429, 503, 401];

describe('a real Elasticsearch behind a bad network', () => {
  it.each([
    [
      'every second request fails, in every way',
      (request: number) => (request % 2 === 0 ? 'none' : pick(request)),
    ],
    ['the first twenty fail', (request: number) => (request < 20 ? pick(request) : 'none')],
    ['answers are lost', (request: number) => (request % 3 === 0 ? 'cut' : 'none')],
  ] as const)('gets each document once when %s', async (name, faultOf) => {
    let requests = 0;
    const states: WriterState[] = [];
    const { url, server } = await startFaultProxy({
      target,
      bytes_max: request_bytes_max,
      nextFault: () => faultOf(requests++),
    });
    const sink = createElasticsearchSink({
      url,
      namespace,
      clock: systemClock,
      limits: { retry_first_ms: 5, retry_ms_max: 50 },
      telemetry: { ...noSearchTelemetry, writerState: (state) => states.push(state) },
    });
    closers.push(
      () => sink.close(),
      async () => server.close().closeAllConnections(),
    );
    await sink.prepare();
    const index = eventStream(`faults.${name.replaceAll(/[^a-z]+/g, '_')}`, namespace);
    const batches = Array.from({ length: events / batch_documents }, (_, batch) => batchOf(index, batch));
    const outcomes: string[] = [];
    await Promise.all(
      Array.from({ length: callers }, async () => {
        for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
          outcomes.push(...(await sink.write(batch)).map((outcome) => outcome.kind));
        }
      }),
    );
    await sink.refresh();
    expect(outcomes).toHaveLength(events);
    // A lost answer makes a document that was written look like a duplicate: never like a rejection.
    expect(new Set(outcomes).isSubsetOf(new Set(['written', 'duplicate']))).toBe(true);
    expect(await count(index)).toBe(events);
    expect(states.at(-1)).toBe('running');
  });
});

function pick(request: number): Fault {
  return faults[Math.floor(request / 2) % faults.length] ?? 'none';
}

function batchOf(index: string, batch: number): readonly SearchWrite[] {
  return Array.from({ length: batch_documents }, (_, row) => {
    const id = `${batch}-${row}`;
    const document = JSON.stringify({ '@timestamp': '2026-11-21T10:00:00Z', event: { id } });
    return { index, id, action: 'create', document };
  });
}

const counted = z.object({ count: z.number() });

async function count(index: string): Promise<number> {
  return counted.parse(await (await fetch(`${target}/${index}/_count`)).json()).count;
}
