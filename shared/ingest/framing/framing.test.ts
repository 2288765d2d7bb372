import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Format } from '#shared/event/format.ts';
import { isJsonObject, json_bytes_max, type JsonObject } from '#shared/event/json.ts';
import { at } from '#shared/event/read.ts';
import { ingest } from '../testing/harness.ts';

/** A sensor whose records are `{probe}`; its pod is never what they are about. */
const probe: Format = {
  name: 'probe',
  family: 'runtime',
  recognises: (record) => isJsonObject(record) && typeof record['probe'] === 'string',
  normalise: ({ probe: message }: JsonObject) => ({
    kind: 'ok',
    drafts: [
      {
        time_ns: undefined,
        dataset: 'probe.events',
        dedupe_key: undefined,
        document: typeof message === 'string' ? { message } : {},
        actors: [],
        targets: [],
      },
    ],
  }),
};
const runtime = { family: 'runtime', formats: [probe] } as const;
const line = '{"probe":"hello"}';
const time = '2026-11-02T11:59:00.123456789Z';

/** Each shipper as it names itself: agent, pod and node, where it says so. */
const shippers: readonly [string, JsonObject, JsonObject][] = [
  [
    'Fluent Bit',
    {
      time,
      log: `${line}\n`,
      stream: 'stdout',
      kubernetes: {
        pod_name: 'sensor-x',
        namespace_name: 'sensors',
        pod_id: 'u1',
        host: 'n1',
        docker_id: 'c1',
      },
    },
    {
      agent: 'fluent-bit',
      pod_name: 'sensor-x',
      namespace: 'sensors',
      pod_uid: 'u1',
      node_name: 'n1',
      container_id: 'c1',
    },
  ],
  [
    'Fluent Bit that parsed the line itself',
    { probe: 'hello', kubernetes: { pod_name: 'sensor-x', namespace_name: 'sensors', host: 'n1' } },
    { agent: 'fluent-bit', pod_name: 'sensor-x', namespace: 'sensors', node_name: 'n1' },
  ],
  [
    'Vector',
    {
      message: line,
      timestamp: time,
      kubernetes: { pod_name: 'sensor-x', pod_namespace: 'sensors', pod_uid: 'u1', pod_node_name: 'n1' },
    },
    { agent: 'vector', pod_name: 'sensor-x', namespace: 'sensors', pod_uid: 'u1', node_name: 'n1' },
  ],
  [
    'Filebeat',
    {
      '@timestamp': time,
      message: line,
      agent: { type: 'filebeat' },
      kubernetes: { namespace: 'sensors', pod: { name: 'sensor-x', uid: 'u1' }, node: { name: 'n1' } },
      container: { id: 'c1' },
    },
    {
      agent: 'filebeat',
      pod_name: 'sensor-x',
      namespace: 'sensors',
      pod_uid: 'u1',
      node_name: 'n1',
      container_id: 'c1',
    },
  ],
  [
    'Filebeat that parsed the line itself',
    {
      json: { probe: 'hello' },
      agent: { type: 'filebeat' },
      kubernetes: { namespace: 'sensors', pod: { name: 'sensor-x' } },
    },
    { agent: 'filebeat', pod_name: 'sensor-x', namespace: 'sensors' },
  ],
  [
    'OpenTelemetry, as its file exporter writes',
    { body: line, resource_attributes: { 'k8s.pod.name': 'sensor-x', 'k8s.namespace.name': 'sensors' } },
    { agent: 'opentelemetry', pod_name: 'sensor-x', namespace: 'sensors' },
  ],
  [
    'OTLP',
    {
      resourceLogs: [
        {
          resource: {
            attributes: [
              { key: 'k8s.pod.name', value: { stringValue: 'sensor-x' } },
              { key: 'k8s.namespace.name', value: { stringValue: 'sensors' } },
              { key: 'k8s.node.name', value: { stringValue: 'n1' } },
            ],
          },
          scopeLogs: [{ logRecords: [{ body: { stringValue: line } }] }],
        },
      ],
    },
    { agent: 'opentelemetry', pod_name: 'sensor-x', namespace: 'sensors', node_name: 'n1' },
  ],
  [
    'CloudWatch',
    { messageType: 'DATA_MESSAGE', logGroup: '/eks/sensors', logEvents: [{ id: '1', message: line }] },
    { agent: 'cloudwatch', log_group: '/eks/sensors' },
  ],
  [
    'Azure',
    { records: [{ category: 'kube-audit', resourceId: '/SUB/1', properties: { log: line } }] },
    { agent: 'azure', resource: '/SUB/1' },
  ],
];

describe('who ships a record is kept apart from what it is about', () => {
  test.each(shippers)('%s', async (_name, record, shipper) => {
    const { documents } = await ingest(runtime, JSON.stringify(record));
    expect(documents).toHaveLength(1);
    expect(at(documents[0], 'message')).toBe('hello');
    expect(at(documents[0], 'breakwater', 'shipper')).toEqual(shipper);
    for (const subject of ['kubernetes', 'container', 'orchestrator', 'host']) {
      expect(documents[0]?.[subject]).toBeUndefined();
    }
  });
});

describe('frames', () => {
  const inner = JSON.parse(line);
  test.each<[string, string | Buffer, number]>([
    [
      'EventList of the audit webhook',
      JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [inner, inner] }),
      2,
    ],
    [
      'CloudEvents with its data in base64',
      JSON.stringify({ specversion: '1.0', data_base64: Buffer.from(line).toString('base64') }),
      1,
    ],
    ['gzip in base64, as CloudWatch subscriptions deliver', gzipSync(line).toString('base64'), 1],
    [
      'CloudWatch in gzip in base64',
      gzipSync(JSON.stringify({ logGroup: 'g', logEvents: [{ message: line }] })).toString('base64'),
      1,
    ],
    [
      'a control message of CloudWatch',
      '{"messageType":"CONTROL_MESSAGE","logGroup":"","logEvents":[{}]}',
      0,
    ],
    [
      'an Event Hub with many records',
      JSON.stringify({
        records: [1, 2, 3].map(() => ({ category: 'kube-audit', properties: { log: line } })),
      }),
      3,
    ],
    [
      'CRI lines of two streams, in pieces',
      [
        `${time} stdout P ${line.slice(0, 4)}`,
        `${time} stderr P ${line.slice(0, 9)}`,
        `${time} stdout P ${line.slice(4, 8)}`,
        `${time} stderr F ${line.slice(9)}`,
        `${time} stdout F ${line.slice(8)}`,
      ].join('\n'),
      2,
    ],
    ['CRI lines around a shipper’s', `${time} stdout F ${JSON.stringify({ log: line })}`, 1],
    ['lines with carriage returns and empty ones', `${line}\r\n\r\n${line}\r\n`, 2],
  ])('%s', async (_name, value, count) => {
    const { events } = await ingest(runtime, value);
    expect(events).toHaveLength(count);
  });
});

describe('what is too much', () => {
  test('gzip that unpacks to more than a record may have', async () => {
    const bomb = gzipSync(Buffer.alloc(json_bytes_max + 1, 32));
    const { outcomes } = await ingest(runtime, bomb);
    expect(outcomes).toMatchObject([{ kind: 'reject', reason: 'gzip.too_large' }]);
  });

  test('lists in lists in lists in lists', async () => {
    const { outcomes } = await ingest(runtime, `[[[[${line}]]]]`);
    expect(outcomes).toMatchObject([{ kind: 'reject', reason: 'framing.too_deep' }]);
  });

  test('more parts than a record may have: the rest is said, not lost silently', async () => {
    const { events, dead } = await ingest(
      runtime,
      `[${Array.from({ length: 10_001 }, () => line).join(',')}]`,
    );
    expect(events).toHaveLength(10_000);
    expect(dead.map(({ headers }) => headers?.['breakwater-reason'])).toEqual(['framing.too_many']);
  });
});
