import { describe, expect, it } from 'vitest';
import { codecs } from '#shared/avro/codecs.ts';
import type { Event } from '#shared/avro/types.generated.ts';
import type { StreamBatch } from '#shared/kafka/port.ts';
import { createMemorySink } from '#shared/search/memory/sink.ts';
import { createIndexProcessor } from './processor.ts';
import { Progress } from './progress.ts';

const namespace = 'test';
const event: Event = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  hash: 'ab'.repeat(32),
  scope: 'acme/eu1',
  family: 'runtime',
  format: 'falco',
  dataset: 'falco.alerts',
  time_ns: 1_795_255_200_123_456_789n,
  source: { topic: 'raw.runtime', partition: 2, offset: 2n ** 53n + 1n },
  document: '{"@timestamp":"2026-11-21T10:00:00.123456789Z","event":{"original":"what falco said"}}',
};
const stream = 'logs-falco.alerts-test';

describe('the index processor', () => {
  it('creates an event under its own id, byte for byte, once', async () => {
    const { sink, process } = setUp();
    expect(await process([codecs.event.encode(event)])).toEqual([{ kind: 'ok', outputs: [] }]);
    expect(await process([codecs.event.encode(event)])).toEqual([{ kind: 'duplicate' }]);
    expect(sink.documents(stream)).toEqual(new Map([[event.id, event.document]]));
  });

  it('keeps what a refused event is and its original, nothing else', async () => {
    const { sink, process } = setUp((document) => document === event.document);
    expect(await process([codecs.event.encode(event)])).toEqual([{ kind: 'ok', outputs: [] }]);
    expect(JSON.parse(sink.documents(stream).get(event.id) ?? '')).toEqual({
      '@timestamp': '2026-11-21T10:00:00.123456789Z',
      event: {
        id: event.id,
        hash: event.hash,
        dataset: 'falco.alerts',
        kind: 'pipeline_error',
        original: 'what falco said',
      },
      breakwater: {
        scope: 'acme/eu1',
        family: 'runtime',
        format: 'falco',
        source: { topic: 'raw.runtime', partition: 2, offset: '9007199254740993' },
      },
    });
  });

  it.each(['no JSON at all', '{"event":{}}', '"text"'])(
    'keeps the whole of %s when it has no original',
    async (document) => {
      const { sink, process } = setUp((text) => text === document);
      await process([codecs.event.encode({ ...event, document })]);
      expect(JSON.parse(sink.documents(stream).get(event.id) ?? '')).toMatchObject({
        event: { original: document },
      });
    },
  );

  it('rejects, with a reason, what cannot be indexed', async () => {
    const { process } = setUp((document) => document.includes('poison'));
    const outcomes = await process([
      Buffer.from('not avro'),
      codecs.event.encode({ ...event, document: '"poison"' }),
      codecs.event.encode({ ...event, dataset: 'No-Dataset' }),
      codecs.signal.encode({
        id: 's',
        scope: 's',
        time_ns: 0n,
        family: 'runtime',
        rule: { id: 'r', title: 't', level: 'low', origin: 'tool' },
        score: 1,
        tactics: [],
        techniques: [],
        actors: [],
        targets: [],
        class: 'attach',
        opener: false,
        event: { id: 'e', hash: 'h', dataset: 'd' },
        summary: '',
        fields: {},
        parts: [],
      }),
      undefined,
    ]);
    expect(outcomes.map((outcome) => ('reason' in outcome ? outcome.reason : outcome.kind))).toEqual([
      'avro.malformed',
      'index.document_parsing_exception',
      'index.dataset',
      'index.unexpected',
      'avro.malformed',
    ]);
  });

  it('keeps the newest state of an incident, and every change of it', async () => {
    const { sink, process } = setUp();
    const incident = (version: bigint) =>
      codecs.incident.encode({
        id: 'inc',
        scope: 's',
        write_version: version,
        status: 'open',
        document: `{"@timestamp":"2026-11-21T10:00:00Z","message":"version ${version}"}`,
      });
    const outcomes = await process([incident(2n), incident(1n), incident(2n)]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['ok', 'ok', 'duplicate']);
    expect([...sink.documents('breakwater-incidents-test').values()]).toEqual([
      expect.stringContaining('version 2'),
    ]);
    expect(sink.ids('logs-breakwater.incident-test')).toEqual(['inc.2', 'inc.1']);
  });

  it('moves and removes the rows of timelines', async () => {
    const { sink, process } = setUp();
    const row = (event_id: string, write_version: bigint, document: string | null) =>
      codecs.timelineEntry.encode({ event_id, scope: 's', write_version, document });
    await process([row('a', 1n, '{"incident":{"id":"x"}}'), row('b', 1n, '{"incident":{"id":"x"}}')]);
    await process([row('a', 3n, '{"incident":{"id":"y"}}'), row('b', 2n, null), row('a', 2n, null)]);
    expect(sink.documents('breakwater-timeline-test')).toEqual(new Map([['a', '{"incident":{"id":"y"}}']]));
  });

  it('gives a refused incident the time of its record when it has none', async () => {
    const { sink, process } = setUp((document) => document === '{"no":"time"}');
    const incident = {
      id: 'i',
      scope: 's',
      write_version: 1n,
      status: 'open',
      document: '{"no":"time"}',
    } as const;
    expect(await process([codecs.incident.encode(incident)])).toEqual([{ kind: 'ok', outputs: [] }]);
    expect(JSON.parse(sink.documents('logs-breakwater.incident-test').get('i.1') ?? '')).toEqual({
      '@timestamp': '1970-01-01T00:00:01.000000000Z',
      event: { kind: 'pipeline_error', original: '{"no":"time"}' },
      incident: { id: 'i', status: 'open' },
    });
  });
});

function setUp(isPoison: (document: string) => boolean = () => false) {
  const sink = createMemorySink({
    refuses: (document) =>
      isPoison(document) ? { reason: 'document_parsing_exception', detail: 'poison' } : undefined,
  });
  const processor = createIndexProcessor({ sink, namespace, progress: new Progress(sink, namespace, 10) });
  return { sink, process: (values: readonly (Buffer | undefined)[]) => processor.process(batchOf(values)) };
}

function batchOf(values: readonly (Buffer | undefined)[]): StreamBatch {
  const position = { topic: 'events.runtime', partition: 0 };
  const records = values.map((value, offset) => ({
    ...position,
    offset: BigInt(offset),
    timestamp_ms: 1000,
    key: undefined,
    value,
    headers: {},
  }));
  return { ...position, records };
}
