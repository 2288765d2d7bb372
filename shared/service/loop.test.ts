import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#shared/clock/clock.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { createMemoryStream, type MemoryStream } from '#shared/kafka/memory/stream.ts';
import type { OutgoingRecord, StreamWriter } from '#shared/kafka/port.ts';
import { proveItem } from '#shared/ledger/batch/item-tree.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry, type OutcomeKind } from '#shared/telemetry/telemetry.ts';
import type { AuditEntry } from './audit-trail.ts';
import { type BatchProcessor, Loop } from './loop.ts';
import type { Outcome } from './outcome.ts';

const away = new BreakwaterError('BW_KAFKA_SEND_FAILED', 'away');

/** Says what its record's value says: ok, duplicate, drop or reject. */
const obedient: BatchProcessor = {
  process: ({ records }) =>
    Promise.resolve(
      records.map((record): Outcome => {
        switch (String(record.value)) {
          case 'ok':
            return { kind: 'ok', outputs: [{ topic: 'out', value: Buffer.from(String(record.offset)) }] };
          case 'duplicate':
            return { kind: 'duplicate' };
          case 'drop':
            return { kind: 'drop', reason: 'policy' };
          default:
            return { kind: 'reject', reason: 'unreadable', detail: 'a detail' };
        }
      }),
    ),
};

interface Rig {
  readonly stream: MemoryStream;
  readonly loop: Loop;
  readonly audited: AuditEntry[];
  readonly counted: Map<string, number>;
}

async function rig(
  processor: BatchProcessor = obedient,
  writerOf = (writer: StreamWriter) => writer,
  stream: MemoryStream = createMemoryStream(),
): Promise<Rig> {
  await stream.createTopics(['in', 'out', 'dead'].map((name) => ({ name, partitions: 1, config: {} })));
  const audited: AuditEntry[] = [];
  const counted = new Map<string, number>();
  const count = (key: string, records: number): void =>
    void counted.set(key, (counted.get(key) ?? 0) + records);
  const loop = new Loop({
    name: 'test',
    stream,
    writer: writerOf(stream.writer()),
    topics: ['in'],
    batch_records_max: 100,
    processor,
    deadLetterTopic: () => 'dead',
    audit_type: 'batch.test',
    audit: { record: async (entries) => void audited.push(...entries) },
    tenant: 'acme',
    clock: systemClock,
    telemetry: {
      ...noTelemetry,
      recordsIn: (_topic, records) => count('in', records),
      recordsOutcome: (_topic: string, kind: OutcomeKind, reason: string, records: number) =>
        count(`${kind}${reason === '' ? '' : `(${reason})`}`, records),
      recordsLost: (_topic, records) => count('lost', records),
    },
    log: silentLog,
  });
  return { stream, loop, audited, counted };
}

async function produce({ stream }: Rig, values: readonly string[]): Promise<void> {
  const records = values.map(
    (value): OutgoingRecord => ({ topic: 'in', value: Buffer.from(value), headers: { from: 'test' } }),
  );
  await stream.writer().send(records);
}

async function settled({ loop }: Rig): Promise<void> {
  await expect.poll(() => loop.lag()).toBe(0n);
}

async function read({ stream }: Rig, topic: string) {
  const records: { value: string; headers: Readonly<Record<string, string>> }[] = [];
  const reader = stream.reader({
    group: `look-${Math.random()}`,
    topics: [topic],
    batch_records_max: 100,
    commit: 'handled',
    onGap: () => undefined,
  });
  await reader.start(async (batch) => {
    for (const { value, headers } of batch.records) records.push({ value: String(value), headers });
  });
  await expect.poll(() => reader.lag()).toBe(0n);
  await reader.stop();
  return records;
}

describe('the loop', () => {
  it('writes what is ok and what is dead, and counts every record once', async () => {
    const it = await rig();
    await it.loop.start();
    await produce(it, ['ok', 'duplicate', 'drop', 'garbage', 'ok']);
    await settled(it);
    await it.loop.stop();
    expect((await read(it, 'out')).map(({ value }) => value)).toEqual(['0', '4']);
    expect(await read(it, 'dead')).toEqual([
      {
        value: 'garbage',
        headers: {
          from: 'test',
          'breakwater-reason': 'unreadable',
          'breakwater-detail': 'a detail',
          'breakwater-topic': 'in',
          'breakwater-partition': '0',
          'breakwater-offset': '3',
        },
      },
    ]);
    expect(Object.fromEntries(it.counted)).toEqual({
      in: 5,
      ok: 2,
      duplicate: 1,
      'drop(policy)': 1,
      'reject(unreadable)': 1,
    });
    expect(it.loop.conservation.in_flight).toBe(0);
  });

  it('leaves an audit record over the exact bytes of each batch', async () => {
    const it = await rig();
    await produce(it, ['ok', 'garbage']);
    await it.loop.start();
    await settled(it);
    await it.loop.stop();
    expect(it.audited).toHaveLength(1);
    expect(it.audited[0]).toMatchObject({
      tenant: 'acme',
      type: 'batch.test',
      facts: {
        offset_first: '0',
        offset_last: '1',
        records: '2',
        ok: '1',
        'reject.unreadable': '1',
      },
    });
    const [audited] = it.audited;
    const { salt, path } = proveItem(audited?.body ?? '', 0);
    const leaf = Buffer.concat([Buffer.of(0), salt, Buffer.from('ok')]);
    const sibling = Buffer.from(path[0] ?? '', 'binary');
    const root = hash('sha256', Buffer.concat([Buffer.of(1), hash('sha256', leaf, 'buffer'), sibling]));
    expect(audited?.facts['root']).toBe(root);
  });

  it('commits nothing before the outputs are written, and holds the batch while they cannot be', async () => {
    let down = true;
    const it = await rig(obedient, (writer) => ({
      send: (records) => (down ? Promise.reject(away) : writer.send(records)),
      close: () => writer.close(),
    }));
    await it.loop.start();
    await produce(it, ['ok']);
    await expect.poll(() => it.loop.conservation.in_flight).toBe(1);
    expect(await it.loop.lag()).toBeGreaterThan(0n);
    expect(it.audited).toHaveLength(0);
    down = false;
    await settled(it);
    await it.loop.stop();
    expect(await read(it, 'out')).toHaveLength(1);
  });

  it('fails loudly on a bug, and does not commit the batch', async () => {
    const it = await rig({ process: () => Promise.reject(new TypeError('a bug')) });
    await it.loop.start();
    const failed = expect(it.loop.failed).rejects.toThrow('a bug');
    await produce(it, ['ok']);
    await failed;
    await it.loop.stop();
    expect(it.audited).toHaveLength(0);
  });

  it('fails when a processor answers for fewer records than it was given', async () => {
    const it = await rig({ process: () => Promise.resolve([]) });
    await it.loop.start();
    const failed = expect(it.loop.failed).rejects.toThrow('0 outcomes for 1 records');
    await produce(it, ['ok']);
    await failed;
    await it.loop.stop();
  });

  it('audits what retention removed before it was read', async () => {
    const it = await rig();
    await it.loop.start();
    await produce(it, ['ok']);
    await settled(it);
    await it.loop.stop();
    await produce(it, ['ok', 'ok', 'ok']);
    it.stream.truncate({ topic: 'in', partition: 0 }, 3n);
    const next = await rig(obedient, (writer) => writer, it.stream);
    await next.loop.start();
    await settled(next);
    await next.loop.stop();
    expect(next.counted.get('lost')).toBe(2);
    expect(next.audited.map(({ type }) => type)).toEqual(['source.loss', 'batch.test']);
    expect(next.audited[0]?.facts).toMatchObject({ offset_from: '1', offset_to: '3', records: '2' });
  });
});
