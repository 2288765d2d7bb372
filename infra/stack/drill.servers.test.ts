import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OwnStack, startOwnStack } from '../../test/servers/own-stack.ts';
import { testFolder } from '../../test/servers/servers.ts';
import { resetStack, stackLogs, stackStatus } from './control.ts';
import { probe } from './health.ts';
import { startStack } from './stack.ts';

let own: OwnStack;
const directory = testFolder('drill');
beforeAll(async () => {
  own = await startOwnStack('drill');
});
afterAll(() => own.stop());

it('finds a stack that runs, and leaves it running', async () => {
  const again = await startStack({ directory, environment: {} });
  expect(again.servers.map((server) => server.origin)).toEqual(['running', 'running', 'running']);
  expect(again.variables).toEqual(own.stack.variables);
  await again.stop();
  const states = await stackStatus(directory, {});
  expect(states.map(({ name, state, version }) => [name, state, version])).toEqual([
    ['kafka', 'running', '4.3.1'],
    ['elasticsearch', 'running', '9.4.3'],
    ['redis', 'running', own.stack.redis.version],
  ]);
});

it('kills Kafka and brings it back at the same place, with its topics', async () => {
  const { kafka } = own.stack;
  const connect = () =>
    new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const before = connect().admin();
  await before.connect();
  await before.createTopics({ topics: [{ topic: 'kept' }], waitForLeaders: true });
  await before.disconnect();
  await kafka.kill();
  await expect(probe('kafka', kafka.brokers)).rejects.toThrow(/ECONNREFUSED/);
  await kafka.restart();
  const after = connect().admin();
  await after.connect();
  expect(await after.listTopics()).toContain('kept');
  await after.disconnect();
});

it('kills Elasticsearch and brings it back', async () => {
  const { elasticsearch } = own.stack;
  await elasticsearch.kill();
  await expect(probe('elasticsearch', elasticsearch.url)).rejects.toThrow(/ECONNREFUSED/);
  await elasticsearch.restart();
  expect(await probe('elasticsearch', elasticsearch.url)).toBe('9.4.3');
  expect(stackLogs(directory, 'elasticsearch', 1_000)).toContain('started');
});

it('pauses Redis, which then answers late but keeps its data', async () => {
  const { redis } = own.stack;
  const client = new Redis(redis.url);
  await client.set('kept', '1');
  redis.pause();
  const answer = client.get('kept');
  await expect(Promise.race([answer, sleep(200, 'silence')])).resolves.toBe('silence');
  redis.resume();
  await expect(answer).resolves.toBe('1');
  client.disconnect();
  await redis.restart();
  const later = new Redis(redis.url);
  await expect(later.get('kept')).resolves.toBe('1');
  later.disconnect();
});

it('ends with the process that started it, even when that is killed', async () => {
  const folder = testFolder('orphan');
  const program = `import { startStack } from ${JSON.stringify(join(import.meta.dirname, 'stack.ts'))};
    await startStack({ directory: ${JSON.stringify(folder)}, servers: ['redis', 'kafka'], environment: process.env });
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: environment });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect
    .poll(async () => (await stackStatus(folder, {})).map(({ state }) => state), { timeout: 10_000 })
    .toEqual(['stopped', 'stopped', 'stopped']);
  await resetStack(folder);
  rmSync(folder, { recursive: true });
});
