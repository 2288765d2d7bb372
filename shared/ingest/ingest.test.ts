import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToolDocument } from '#shared/event/ecs.ts';
import { entity } from '#shared/event/entity.ts';
import type { Draft, Format } from '#shared/event/format.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { eventHash } from '#shared/event/identity.ts';
import { isJsonObject, type JsonObject } from '#shared/event/json.ts';
import { at, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { createTestContext, ingest, recordOf } from './testing/harness.ts';

/** A tool that writes `{probe, time, …}`; what it does is in its record. */
const probe: Format = {
  name: 'probe',
  family: 'runtime',
  recognises: (record) => isJsonObject(record) && typeof record['probe'] === 'string',
  normalise: (record: JsonObject, context) => {
    const what = text(record['probe']);
    if (what === 'bug') throw new TypeError('boom');
    if (what === 'drop') return { kind: 'drop', reason: 'probe.idle' };
    if (what === 'reject') return { kind: 'reject', reason: 'probe.broken' };
    const document: ToolDocument<'probe'> = {
      message: what,
      event: { category: ['process'], type: ['info'] },
      container: text(record['container']) === undefined ? undefined : { id: text(record['container']) },
      user: { name: text(record['user']) },
      source: { ip: text(record['ip']) },
      probe: record,
    };
    const draft: Draft = {
      time_ns: parseTime(record['time']),
      dataset: 'probe.events',
      dedupe_key: text(record['id']),
      document,
      actors: [entity('user', 'alice')],
      targets: [],
      marks:
        what === 'alert' ? [{ rule: { id: 'probe/1', title: 'One', level: 'medium', origin: 'tool' } }] : [],
      facts: [{ a: 'pod:1', relation: 'runs_on', b: 'node:n', from_ns: context.arrival_ns, confidence: 90 }],
      descriptions:
        what === 'describe'
          ? [
              {
                entity: 'container:0123456789ab',
                from_ns: 1n,
                value: {
                  pod_uid: 'u',
                  namespace: 'shop',
                  pod_name: 'cart-1',
                  workload_kind: 'Deployment',
                  workload_name: 'cart',
                },
              },
            ]
          : [],
    };
    return { kind: 'ok', drafts: [draft] };
  },
};
const runtime = { family: 'runtime', formats: [probe] } as const;
const time = '2026-11-02T11:59:00.123456789Z';

describe('one record', () => {
  test('becomes an event with identity, time and origin', async () => {
    const raw = JSON.stringify({ probe: 'hello', time, user: 'alice', ip: '203.0.113.9', id: 'k1' });
    const { events, documents, facts, outcomes } = await ingest(runtime, raw);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['ok']);
    expect(events[0]).toMatchObject({
      scope: 'default',
      family: 'runtime',
      format: 'probe',
      dataset: 'probe.events',
      hash: eventHash(raw),
      time_ns: parseTime(time),
      source: { topic: 'raw.runtime', partition: 0, offset: 0n },
    });
    expect(documents[0]).toMatchObject({
      '@timestamp': time,
      event: { id: events[0]?.id, hash: eventHash(raw), original: raw, module: 'probe', kind: 'event' },
      related: { user: ['alice'], ip: ['203.0.113.9'] },
      breakwater: { time: { source: 'tool', skew_ms: 59_876 }, actors: ['user:alice'] },
      data_stream: { type: 'logs', dataset: 'probe.events', namespace: 'default' },
    });
    expect(facts).toMatchObject([
      { a: 'pod:1', relation: 'runs_on', b: 'node:n', source_hash: eventHash(raw) },
    ]);
  });

  test('keeps its id when it is delivered again, elsewhere', async () => {
    const raw = JSON.stringify({ probe: 'hello', time });
    const once = await ingest(runtime, raw);
    const again = await ingest(runtime, recordOf(raw, { topic: 'raw.runtime', offset: 99n, partition: 3 }));
    expect(again.events[0]?.id).toBe(once.events[0]?.id);
  });

  test('takes the arrival time when the tool gave none, and says so', async () => {
    const { documents } = await ingest(
      runtime,
      '{"probe":"hello"}',
      '{"probe":"x","time":"9999-01-01T00:00:00Z"}',
    );
    expect(
      documents.map((document) => [document['@timestamp'], at(document, 'breakwater', 'time', 'source')]),
    ).toEqual([
      ['2026-11-02T12:00:00.000000000Z', 'broker'],
      ['2026-11-02T12:00:00.000000000Z', 'clamped'],
    ]);
  });

  test('takes the scope of its sender', async () => {
    const record = recordOf('{"probe":"alert"}', { headers: { 'breakwater-scope': 'acme/eu1' } });
    const { events, signals } = await ingest(runtime, record);
    expect([events[0]?.scope, signals[0]?.scope]).toEqual(['acme/eu1', 'acme/eu1']);
  });
});

describe('what can not be used', () => {
  test.each([
    ['', 'json.empty'],
    ['{"probe":', 'json.syntax'],
    ['42', 'format.unknown'],
    ['{"other":1}', 'format.unknown'],
    ['just a line', 'format.unknown'],
    ['{"probe":"bug"}', 'format.failed'],
    ['{"probe":"reject"}', 'probe.broken'],
    [`${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'json.too_deep'],
    [Buffer.alloc(9 * 1024 * 1024, 32), 'json.too_large'],
    [Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(30)]), 'gzip.invalid'],
  ])('%j', async (value, reason) => {
    const { outcomes } = await ingest(runtime, value);
    expect(outcomes).toMatchObject([{ kind: 'reject', reason }]);
  });

  test('tombstones and idle records are dropped by name', async () => {
    const { outcomes } = await ingest(runtime, undefined, '{"probe":"drop"}', '[]');
    expect(outcomes).toEqual([
      { kind: 'drop', reason: 'tombstone' },
      { kind: 'drop', reason: 'probe.idle' },
      { kind: 'drop', reason: 'empty' },
    ]);
  });

  test('a broken line among good ones goes to the dead-letter topic alone', async () => {
    const { outcomes, events, dead } = await ingest(runtime, '{"probe":"a"}\n{"probe":\n{"probe":"b"}\n');
    expect(outcomes[0]?.kind).toBe('ok');
    expect(events).toHaveLength(2);
    expect(dead).toMatchObject([
      {
        topic: 'dlq.runtime',
        value: Buffer.from('{"probe":'),
        headers: { 'breakwater-reason': 'json.syntax' },
      },
    ]);
  });

  test('no record is lost and none throws, whatever its bytes', async () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.json(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((inner) => JSON.stringify({ log: inner, kubernetes: { pod_name: 'x' } })),
      fc.json().map((inner) => JSON.stringify({ probe: 'x', inner })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(garbage, { minLength: 1, maxLength: 5 }), async (values) => {
        const { outcomes } = await ingest(runtime, ...values);
        expect(outcomes).toHaveLength(values.length);
        for (const outcome of outcomes) {
          if (outcome.kind === 'reject') expect(outcome.detail.length).toBeLessThanOrEqual(400);
        }
      }),
      { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 300) },
    );
  });
});

describe('framing', () => {
  const inner = { probe: 'hello', time };
  const line = JSON.stringify(inner);
  const cri = (flag: string, content: string): string =>
    `2026-11-02T11:59:00.123456789Z stdout ${flag} ${content}`;
  const docker = (log: string): string => JSON.stringify({ log, stream: 'stdout', time });
  test.each<[string, string | Buffer, number]>([
    ['object', line, 1],
    ['NDJSON', `${line}\n${line}`, 2],
    ['array', JSON.stringify([inner, inner, inner]), 3],
    ['List', JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [inner] }), 1],
    ['Fluent Bit', JSON.stringify({ log: `${line}\n`, stream: 'stdout', kubernetes: { pod_name: 'a' } }), 1],
    ['Vector', JSON.stringify({ message: line, kubernetes: { pod_name: 'a', pod_namespace: 'n' } }), 1],
    ['Filebeat, parsed', JSON.stringify({ json: inner, kubernetes: { pod: { name: 'a' } } }), 1],
    ['OpenTelemetry', JSON.stringify({ body: line, resource_attributes: { 'k8s.pod.name': 'a' } }), 1],
    [
      'OTLP',
      JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: line } }] }] }] }),
      1,
    ],
    ['Docker', `${docker(`${line}\n`)}\n${docker(line.slice(0, 9))}\n${docker(`${line.slice(9)}\n`)}`, 2],
    ['CRI', [cri('F', line), cri('P', line.slice(0, 9)), cri('F', line.slice(9))].join('\n'), 2],
    ['CloudEvents', JSON.stringify({ specversion: '1.0', id: '1', data: inner }), 1],
    ['CloudWatch', JSON.stringify({ logGroup: 'g', logEvents: [{ message: line }, { message: line }] }), 2],
    ['gzip', gzipSync(JSON.stringify({ logGroup: 'g', logEvents: [{ message: line }] })), 1],
    ['Lambda', JSON.stringify({ awslogs: { data: gzipSync(line).toString('base64') } }), 1],
    ['Azure', JSON.stringify({ records: [{ category: 'kube-audit', properties: { log: line } }] }), 1],
    [
      'three layers',
      JSON.stringify({ log: JSON.stringify({ specversion: '1.0', data: { message: line } }) }),
      1,
    ],
  ])('%s', async (_name, value, count) => {
    const { events, outcomes } = await ingest(runtime, value);
    expect(outcomes[0]?.kind).toBe('ok');
    expect(events).toHaveLength(count);
  });

  test('the pod of the shipper is not the subject', async () => {
    const wrapped = { log: line, kubernetes: { pod_name: 'falco-x', namespace_name: 'falco', host: 'n1' } };
    const { documents } = await ingest(runtime, JSON.stringify(wrapped));
    expect(documents[0]?.['kubernetes']).toBeUndefined();
    expect(at(documents[0], 'breakwater', 'shipper')).toEqual({
      agent: 'fluent-bit',
      pod_name: 'falco-x',
      namespace: 'falco',
      node_name: 'n1',
    });
    expect(at(documents[0], 'event', 'original')).toBe(line);
  });

  test('four layers are too many', async () => {
    let value = line;
    for (let layer = 0; layer < 4; layer++) value = JSON.stringify({ log: value });
    const { outcomes } = await ingest(runtime, value);
    expect(outcomes[0]).toMatchObject({ kind: 'reject', reason: 'format.unknown' });
  });
});

describe('signals and context', () => {
  test('a mark becomes a signal with the defaults of its level', async () => {
    const { signals, documents, events } = await ingest(runtime, JSON.stringify({ probe: 'alert', time }));
    expect(signals).toMatchObject([
      {
        rule: { id: 'probe/1', level: 'medium', origin: 'tool' },
        score: 45,
        class: 'bridge',
        actors: ['user:alice'],
        summary: 'alert',
        event: { id: events[0]?.id, hash: events[0]?.hash },
      },
    ]);
    expect(at(documents[0], 'breakwater', 'rules')).toEqual(['probe/1']);
  });

  test('a description is known to the same batch, and read once', async () => {
    const context = createTestContext();
    const { documents } = await ingest(
      { ...runtime, context },
      JSON.stringify({ probe: 'alert', time, container: '0123456789ab' }),
      JSON.stringify({ probe: 'describe', time }),
      JSON.stringify({ probe: 'alert', time, container: 'ffffffffffff' }),
    );
    expect(context.reads).toBe(1);
    expect(documents[0]).toMatchObject({
      kubernetes: { namespace: 'shop', pod: { name: 'cart-1', uid: 'u' }, deployment: { name: 'cart' } },
      breakwater: { identity: { method: 'container_id', confidence: 99 } },
    });
    expect(documents[2]).toMatchObject({ breakwater: { identity: { method: 'unresolved', confidence: 0 } } });
  });

  test('an unavailable context store delays no event', async () => {
    const unavailable = new BreakwaterError('BW_CONTEXT_UNAVAILABLE', 'away');
    const context = { ...createTestContext(), read: () => Promise.reject(unavailable) };
    const raw = JSON.stringify({ probe: 'alert', time, container: '0123456789ab' });
    const { documents, signals } = await ingest({ ...runtime, context }, raw);
    expect(at(documents[0], 'breakwater', 'identity', 'method')).toBe('unavailable');
    expect(signals).toHaveLength(1);
  });

  test('what a signal says does not depend on the context', async () => {
    const detector = () => ({
      detect: () => [],
      signal_fields: ['kubernetes.pod.name', 'user.name', 'container.id'],
    });
    const raw = JSON.stringify({ probe: 'alert', time, container: '0123456789ab', user: 'alice' });
    const alone = await ingest({ ...runtime, detector }, raw);
    const informed = await ingest({ ...runtime, detector }, JSON.stringify({ probe: 'describe' }), raw);
    expect(informed.signals).toEqual(alone.signals);
    expect(alone.signals[0]?.fields).toEqual({ 'user.name': 'alice', 'container.id': '0123456789ab' });
  });
});
