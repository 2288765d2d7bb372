import { expect, test } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import { createMemoryStream } from '#shared/kafka/memory/stream.ts';
import { buildRuleSet, type RuleSet } from '#shared/sigma/set/rule-set.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { topics } from '../../schemas/topics/topics.ts';
import { createMemoryCheckpointStore } from './checkpoint/memory.ts';
import { createReloadingService } from './reloading.ts';
import { createCorrelatorService } from './service.ts';
import { readIndex } from './testing/index.ts';
import { shellSignal } from './testing/signal.ts';

const shell = '11111111-1111-4111-8111-111111111111';
const token = '22222222-2222-4222-8222-222222222222';
const sequence = '33333333-3333-4333-8333-333333333333';

const detections = [shell, token].map((id) => ({
  file: `${id}.yml`,
  text: JSON.stringify({
    title: id,
    id,
    level: 'low',
    logsource: { product: 'linux' },
    detection: { s: { f: id }, condition: 's' },
  }),
}));
const correlation = {
  file: 'sequence.yml',
  text: JSON.stringify({
    title: 'Shell, then token',
    id: sequence,
    level: 'high',
    correlation: {
      type: 'temporal_ordered',
      rules: [shell, token],
      'group-by': ['host.name'],
      timespan: '1h',
    },
    breakwater: { opener: true },
  }),
};

function rulesOf(sources: Parameters<typeof buildRuleSet>[0]): RuleSet {
  const result = buildRuleSet(sources);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.set;
}

function signal(rule: string, minute: bigint): Signal {
  return shellSignal(`signal-${rule}-${minute}`, Number(minute), {
    scope: 'acme/eu-1',
    rule: { id: rule, title: rule, level: 'low', origin: 'sigma' },
    score: 10,
    actors: ['pod:p1'],
    event: { id: `event-${rule}-${minute}`, hash: rule, dataset: 'test' },
    fields: { 'host.name': 'worker-1' },
  });
}

test('rules that come or go while it runs count as if they had been there from the beginning', async () => {
  const stream = createMemoryStream();
  await stream.createTopics(topics);
  const writer = stream.writer();
  const checkpoints = createMemoryCheckpointStore(new Map());
  const service = createReloadingService(
    (rules) =>
      createCorrelatorService({
        stream,
        writer,
        checkpoints,
        rules,
        audit: { record: () => Promise.resolve() },
        scope: 'acme',
        clock: { now_ms: () => 2 ** 42 },
        telemetry: noTelemetry,
        log: silentLog,
      }),
    rulesOf(detections),
  );
  const send = async (some: Signal): Promise<void> => {
    await writer.send([{ topic: 'signals', key: some.scope, value: codecs.signal.encode(some) }]);
    await settled();
  };
  const settled = async (): Promise<void> => {
    while ((await service.lag()) > 0n) await new Promise(setImmediate);
  };
  const open = async (): Promise<number> => {
    const shown = [...(await readIndex(stream)).shown().values()];
    return shown.filter(({ document }) => JSON.parse(document).incident.status === 'open').length;
  };

  await service.start();
  await send(signal(shell, 0n));
  expect(await open()).toBe(0);

  await service.replaceRules(rulesOf([...detections, correlation]));
  await send(signal(token, 5n));
  expect(await open()).toBe(1);

  await service.replaceRules(rulesOf(detections));
  await settled();
  expect(await open()).toBe(0);

  await service.replaceRules(rulesOf([...detections, correlation]));
  await settled();
  expect(await open()).toBe(1);
  await service.stop();
});

test('fails when the run in force fails, and stops when a run did not start', async () => {
  const broken = new Error('broken');
  const stopped: string[] = [];
  const service = createReloadingService(
    () => ({
      name: 'correlator',
      failed: Promise.reject(broken),
      start: () => Promise.reject(broken),
      lag: () => Promise.resolve(0n),
      stop: async () => void stopped.push('stopped'),
    }),
    rulesOf(detections),
  );
  await expect(service.failed).rejects.toBe(broken);
  await expect(service.start()).rejects.toBe(broken);
  await service.stop();
  await service.replaceRules(rulesOf(detections));
  expect(stopped).toEqual(['stopped']);
});
