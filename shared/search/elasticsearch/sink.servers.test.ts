import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#shared/clock/clock.ts';
import { serverAddresses } from '../../../test/servers/addresses.ts';
import { searchContract } from '../contract.ts';
import { eventStream, incidentIndex } from '../names.ts';
import type { SearchWrite } from '../port.ts';
import { createElasticsearchSink } from './sink.ts';

const url = serverAddresses().elasticsearch_url;
const run = Date.now().toString(36);
const time = '2026-11-21T10:00:00.123456789Z';

searchContract('elasticsearch', async () => {
  const namespace = `contract_${run}`;
  return {
    sink: createElasticsearchSink({ url, namespace, clock: systemClock }),
    namespace,
    read: sources,
    rollOver,
    poison: '{"@timestamp":"not a time"}',
    property_runs: 15,
  };
});

describe('elasticsearch', () => {
  const namespace = `own_${run}`;
  const sink = createElasticsearchSink({
    url,
    namespace,
    clock: systemClock,
    limits: { retry_first_ms: 10 },
  });
  afterAll(() => sink.close());

  it('prepares as often as asked, and says what it found', async () => {
    await sink.prepare();
    await sink.prepare();
    expect(await sink.describe()).toMatch(/^Elasticsearch \d+\.\d+\.\d+ at .+ \(templates: (core|full)\)$/);
    expect(await status('HEAD', `/${incidentIndex(namespace)}`)).toBe(200);
  });

  it('stores the bytes of the document', async () => {
    const index = eventStream('bytes.test', namespace);
    const document = `{ "@timestamp":"${time}",  "zeta":1,"alpha":[1.0,2e3],"n":12345678901234567890 }`;
    await sink.write([{ index, id: 'b', action: 'create', document }]);
    await sink.refresh();
    const answer = await fetch(`${url}/${index}/_search`);
    expect(await answer.text()).toContain(document);
  });

  it('finds events by time to the nanosecond, and by what a tool said', async () => {
    const index = eventStream('search.test', namespace);
    const flat = { output_fields: { 'fd.name': '/etc/shadow', 'proc.aname[2]': 'bash' } };
    const documents = ['100', '101', '102'].map((nanos) => ({
      '@timestamp': `2026-11-21T10:00:00.000000${nanos}Z`,
      falco: flat,
      unknown: { field: nanos },
    }));
    await sink.write(documents.map((document, id) => event(index, String(id), document)));
    await sink.refresh();
    const after = { range: { '@timestamp': { gt: '2026-11-21T10:00:00.000000100Z' } } };
    expect(await hits(index, after)).toBe(2);
    expect(await hits(index, { term: { 'falco.output_fields.fd.name': '/etc/shadow' } })).toBe(3);
    expect(await hits(index, { term: { 'unknown.field': '100' } })).toBe(0);
  });

  it('indexes what it can of a document with a malformed field', async () => {
    const index = eventStream('malformed.test', namespace);
    const document = { '@timestamp': time, source: { ip: 'not an address', port: 80 } };
    const outcomes = await sink.write([event(index, 'm', document)]);
    await sink.refresh();
    expect(outcomes).toEqual([{ kind: 'written' }]);
    expect(await hits(index, { term: { 'source.port': 80 } })).toBe(1);
  });

  it('takes a document with a thousand unknown fields and a deep tool field without new fields', async () => {
    const index = eventStream('wide.test', namespace);
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, field) => [`field${field}`, field]));
    const outcomes = await sink.write([event(index, 'w', { '@timestamp': time, ...wide, trivy: wide })]);
    expect(outcomes).toEqual([{ kind: 'written' }]);
    const deep = Array.from({ length: 30 }).reduce<object>((inner) => ({ a: inner }), {});
    const refused = await sink.write([
      {
        ...event(index, 'd', { '@timestamp': time, trivy: deep }),
        safe_document: () => `{"@timestamp":"${time}"}`,
      },
    ]);
    expect(refused).toMatchObject([{ kind: 'degraded', reason: 'document_parsing_exception' }]);
  });

  it('puts its templates back when they are deleted, and no plain index takes their place', async () => {
    const namespaceWithout = `gone_${run}`;
    const without = createElasticsearchSink({
      url,
      namespace: namespaceWithout,
      clock: systemClock,
      limits: { retry_first_ms: 10 },
    });
    const index = eventStream('gone.test', namespaceWithout);
    expect(await without.write([event(index, 'g', { '@timestamp': time })])).toEqual([{ kind: 'written' }]);
    expect(await hits(index, { match_all: {} })).toBeGreaterThanOrEqual(0);
    const resolved = await (await fetch(`${url}/_resolve/index/${index}`)).text();
    expect(resolved).toContain('backing_indices');
    await without.close();
  });

  it('rolls data streams over when the template has changed', async () => {
    const index = eventStream('changed.test', namespace);
    await sink.write([event(index, 'c', { '@timestamp': time })]);
    const changed = createElasticsearchSink({ url, namespace, clock: systemClock, event_retention_days: 7 });
    await changed.prepare();
    const resolved = await (await fetch(`${url}/_resolve/index/${index}`)).text();
    expect(resolved).toContain('000002');
    expect(await changed.write([event(index, 'c', { '@timestamp': time })], { replayed: true })).toEqual([
      { kind: 'duplicate' },
    ]);
    await changed.close();
  });
});

function event(index: string, id: string, document: object): SearchWrite {
  return { index, id, action: 'create', document: JSON.stringify(document) };
}

async function rollOver(stream: string): Promise<void> {
  expect(await status('POST', `/${stream}/_rollover`)).toBe(200);
}

async function status(method: string, path: string): Promise<number> {
  return (await fetch(`${url}${path}`, { method })).status;
}

async function hits(index: string, query: object): Promise<number | undefined> {
  const answer = await search(index, { query, track_total_hits: true, size: 0 });
  return answer.hits.total?.value;
}

async function sources(index: string): Promise<readonly unknown[]> {
  const answer = await search(index, { size: 1000 });
  return answer.hits.hits.map((hit) => hit._source);
}

const searchAnswer = z.object({
  hits: z.object({
    total: z.object({ value: z.number() }).optional(),
    hits: z.array(z.object({ _source: z.unknown() })),
  }),
});

async function search(index: string, body: object): Promise<z.infer<typeof searchAnswer>> {
  const answer = await fetch(`${url}/${index}/_search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return searchAnswer.parse(await answer.json());
}
