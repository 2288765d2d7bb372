import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { createMemoryStream, type MemoryStream } from '#shared/kafka/memory/stream.ts';
import type { OutgoingRecord, StreamWriter } from '#shared/kafka/port.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { type Correlations, noCorrelations } from '#shared/sigma/correlation/port.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { topics } from '../../schemas/topics/topics.ts';
import { createMemoryCheckpointStore } from './checkpoint/memory.ts';
import { Correlator, type CorrelatorPorts } from './correlator.ts';
import { oracle } from './oracle.ts';
import { firingsOf, testCorrelations } from './testing/correlations.ts';
import { readIndex } from './testing/index.ts';
import { smallParameters } from './testing/parameters.ts';
import { type Input, playArb } from './testing/play.ts';
import { shellSignal } from './testing/signal.ts';
import { worldScope } from './testing/world-scope.ts';
import { type World, worldArb } from './testing/worlds.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 20);
const timeout_ms = 10_000 + runs * 200;

async function openStream(): Promise<MemoryStream> {
  const stream = createMemoryStream();
  await stream.createTopics(topics);
  return stream;
}

function recordOf(input: Input): OutgoingRecord {
  if ('signal' in input)
    return { topic: 'signals', key: worldScope, value: codecs.signal.encode(input.signal) };
  if ('fact' in input) return { topic: 'facts', key: worldScope, value: codecs.fact.encode(input.fact) };
  return { topic: 'decisions', key: worldScope, value: codecs.decision.encode(input.decision) };
}

/** A correlator whose state the test can look at, lose and spoil. */
function openCorrelator(
  stream: MemoryStream,
  ports: Partial<CorrelatorPorts> = {},
  correlations: () => Correlations = testCorrelations,
) {
  const audited: AuditEntry[] = [];
  const correlator = new Correlator(
    {
      stream,
      writer: stream.writer(),
      audit: { record: async (entries) => void audited.push(...entries) },
      scope: 'tenant',
      clock: { now_ms: () => 2 ** 42 },
      telemetry: noTelemetry,
      log: silentLog,
      ...ports,
    },
    { parameters: smallParameters, correlations, recall_ms: 2 ** 50 },
  );
  // Whoever waits hears of it; here it may be wanted.
  correlator.failed.catch(() => undefined);
  return { correlator, audited };
}

async function settle(correlator: Correlator): Promise<void> {
  while ((await correlator.lag()) > 0n) await new Promise(setImmediate);
}

function truthOf(world: World) {
  return oracle(
    worldScope,
    { ...world, signals: [...world.signals, ...firingsOf(world.signals)] },
    smallParameters,
  );
}

/** A writer that the process does not outlive: the n-th call from now fails for good, after it wrote some records. */
function dyingWriter(stream: MemoryStream, calls: number, share: number): StreamWriter {
  const writer = stream.writer();
  let left = calls;
  return {
    send: async (records) => {
      left -= 1;
      if (left > 0) return writer.send(records);
      await writer.send(records.slice(0, Math.floor(records.length * share)));
      throw new BreakwaterError('BW_AVRO_INVALID', 'the process dies here');
    },
    close: () => writer.close(),
  };
}

describe('the correlator service', () => {
  it(
    'shows the same after any crash, with a current, an old, a spoiled or no checkpoint',
    async () => {
      const plan = fc.record({
        crash: fc.option(
          fc.record({
            calls: fc.integer({ min: 1, max: 6 }),
            share: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          {
            nil: undefined,
          },
        ),
        checkpoint: fc.constantFrom('current', 'old', 'spoiled', 'lost'),
      });
      const worlds = worldArb({ signals: 24, facts: 10, decisions: 2, steps: 90 });
      const played = worlds.chain((world) =>
        fc.tuple(fc.constant(world), playArb(world), fc.array(plan, { maxLength: 4 })),
      );
      await fc.assert(
        fc.asyncProperty(played, async ([world, batches, plans]) => {
          const stream = await openStream();
          const writer = stream.writer();
          const bytes = new Map<number, Buffer>();
          let old = new Map<number, Buffer>();
          const parts = Math.max(1, plans.length);
          for (const [at, { crash, checkpoint }] of [
            ...plans,
            { crash: undefined, checkpoint: 'current' as const },
          ].entries()) {
            if (checkpoint === 'old') for (const [key, value] of old) bytes.set(key, value);
            if (checkpoint === 'spoiled')
              for (const value of bytes.values()) value.writeUInt8(255 - value.readUInt8(40), 40);
            if (checkpoint === 'lost') bytes.clear();
            const dying =
              crash === undefined ? {} : { writer: dyingWriter(stream, crash.calls, crash.share) };
            const { correlator } = openCorrelator(stream, {
              ...dying,
              checkpoints: createMemoryCheckpointStore(bytes),
              checkpoint_interval_ms: at % 2 === 0 ? 0 : 2 ** 40,
            });
            old = new Map([...bytes].map(([key, value]) => [key, Buffer.from(value)]));
            await correlator.start().catch(() => undefined);
            const share = batches.filter((_, index) => index % parts === at % parts || at === plans.length);
            for (const batch of share) {
              await writer.send(batch.map(recordOf));
              await Promise.race([settle(correlator), correlator.failed]).catch(() => undefined);
            }
            await correlator.stop().catch(() => undefined);
          }
          const index = await readIndex(stream);
          const truth = truthOf(world);
          expect(index.shown()).toEqual(truth.incidents);
          expect(index.timeline()).toEqual(truth.timeline);
        }),
        { numRuns: runs },
      );
    },
    timeout_ms,
  );

  it('sends what it cannot read to the dead letters, and counts every record', async () => {
    const stream = await openStream();
    const outcomes: string[] = [];
    const { correlator, audited } = openCorrelator(stream, {
      telemetry: {
        ...noTelemetry,
        recordsOutcome: (topic, kind, reason, records) => {
          if (records > 0) outcomes.push(`${topic} ${kind} ${reason} ${records}`);
        },
      },
    });
    await correlator.start();
    const signal = recordOf({ signal: shell('s1', 0n) });
    await stream
      .writer()
      .send([signal, signal, { topic: 'signals', key: worldScope, value: Buffer.from('?') }]);
    await settle(correlator);
    await correlator.stop();
    expect(outcomes).toEqual(['signals ok  1', 'signals duplicate  1', 'signals reject avro.malformed 1']);
    expect((await stream.offsets('dlq.index'))[0]?.high).toBe(1n);
    expect(audited.map(({ type }) => type)).toEqual(['batch.correlate', 'incident.opened']);
    expect(audited[0]?.facts).toMatchObject({
      records: '3',
      ok: '1',
      duplicate: '1',
      'reject.avro.malformed': '1',
    });
  });

  it('names signals that come too late, and leaves them out', async () => {
    const stream = await openStream();
    const { correlator, audited } = openCorrelator(stream);
    await correlator.start();
    for (const [id, hours] of [
      ['new', 48n],
      ['old', 0n],
    ] as const) {
      await stream.writer().send([recordOf({ signal: shell(id, hours) })]);
      await settle(correlator);
    }
    await correlator.stop();
    const [, , late] = audited;
    expect(late?.facts).toMatchObject({ records: '1', ok: '0', 'drop.late': '1' });
  });

  it('says what correlation rules left out, in the audit trail, in the log and as a metric', async () => {
    const stream = await openStream();
    const said: unknown[] = [];
    const shedding: Correlations = {
      ...noCorrelations,
      add: () => ({
        fired: [],
        parts: new Map(),
        withdrawn: [],
        shed: [{ rule_id: 'r/many', reason: 'group_full', signals: 7 }],
      }),
    };
    const { correlator, audited } = openCorrelator(
      stream,
      {
        telemetry: { ...noTelemetry, signalsShed: (...shed) => void said.push(shed) },
        log: { ...silentLog, warn: (message, fields) => void said.push([message, fields]) },
      },
      () => shedding,
    );
    await correlator.start();
    await stream.writer().send([recordOf({ signal: shell('s1', 0n) })]);
    await settle(correlator);
    await correlator.stop();
    const facts = { scope: worldScope, rule: 'r/many', reason: 'group_full' };
    expect(audited.find(({ type }) => type === 'correlation.shed')?.facts).toEqual({
      ...facts,
      signals: '7',
    });
    expect(said).toEqual([
      ['a correlation rule left signals out', { ...facts, signals: 7 }],
      ['group_full', 7],
    ]);
  });

  it('refuses to work without the same partition of all its topics', async () => {
    const stream = createMemoryStream();
    await stream.createTopics(
      topics.map((topic) => (topic.name === 'facts' ? { ...topic, partitions: 2 } : topic)),
    );
    const { correlator } = openCorrelator(stream);
    await expect(correlator.start()).rejects.toMatchObject({ code: 'BW_CORRELATOR_TORN' });
  });

  it('keeps scopes apart', async () => {
    const stream = await openStream();
    const { correlator } = openCorrelator(stream);
    await correlator.start();
    const signals = [shell('s1', 0n), { ...shell('s2', 0n), scope: 'other' }];
    await stream.writer().send(
      signals.map((signal) => ({
        topic: 'signals',
        key: signal.scope,
        value: codecs.signal.encode(signal),
      })),
    );
    await settle(correlator);
    await correlator.stop();
    const shown = [...(await readIndex(stream)).shown().values()].map(
      ({ document }) => JSON.parse(document).incident,
    );
    expect(shown.map(({ scope }) => scope)).toEqual(expect.arrayContaining(['other', worldScope]));
  });
});

function shell(id: string, hours: bigint): Signal {
  return shellSignal(id, Number(hours) * 60, { actors: ['pod:p1'], opener: true });
}
