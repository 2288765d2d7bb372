import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { healthHost, healthPort } from '#shared/config/common.ts';
import { readConfig } from '#shared/config/read.ts';
import { allServices } from '../../services/standalone/services.ts';
import { projectRoot } from '../check/command.ts';
import { brokerProperties } from '../stack/kafka/properties.ts';
import { elasticsearchSettings, redisSettings } from '../stack/settings.ts';
import { composeYaml, renderCompose } from './generate.ts';
import { kafkaVariable } from './images.ts';

/** The shape that the compose specification gives to what we use of it; an unknown key is an error there too. */
const duration = z.string().regex(/^\d+s$/);
const service = z.strictObject({
  // A tag that says which version; our own image is built, not fetched.
  image: z.string().regex(/^(?:[a-z]+(?:\/[a-z]+)?:\d+\.\d+\.\d+|breakwater)$/),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_.]*$/), z.string()),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).optional(),
  volumes: z.array(z.string().regex(/^[a-z]+:\/[a-z/]+(?::ro)?$/)).optional(),
  healthcheck: z.strictObject({
    test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()),
    interval: duration,
    timeout: duration,
    retries: z.number().int().positive(),
    start_period: duration,
  }),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  restart: z.literal('unless-stopped'),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  stop_grace_period: duration.optional(),
});
const composeShape = z.strictObject({
  name: z.string(),
  services: z.record(z.string().regex(/^[a-z]+$/), service),
  volumes: z.record(z.string(), z.strictObject({})),
});

const text = readFileSync(composeYaml, 'utf8');
const compose = composeShape.parse(parse(text));
const of = (name: string): z.infer<typeof service> => service.parse(compose.services[name]);

const own = Object.entries(compose.services).filter(([, one]) => one.image === 'breakwater');

it('is what make generate writes', () => expect(text).toBe(renderCompose()));

it('depends on services and mounts volumes that it has', () => {
  for (const { depends_on = {}, volumes = [] } of Object.values(compose.services)) {
    for (const name of Object.keys(depends_on)) expect(compose.services).toHaveProperty(name);
    for (const volume of volumes) expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '');
  }
});

it('gives no port to two services', () => {
  const ports = Object.values(compose.services).flatMap((one) => one.ports ?? []);
  expect(new Set(ports).size).toBe(ports.length);
});

it('runs every service of Breakwater, without privileges', () => {
  const folders = readdirSync(join(projectRoot, 'services')).filter((name) => name !== 'standalone');
  expect(own.map(([name]) => name).toSorted()).toEqual(folders.toSorted());
  for (const [name, one] of own) {
    expect(one.command).toEqual(['node', `services/${name}/main.ts`]);
    expect(one).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  }
});

it('starts every service with settings that it accepts, and no variable that none reads', async () => {
  const services = await allServices();
  expect(services.map(({ name }) => name).toSorted()).toEqual(own.map(([name]) => name).toSorted());
  const read = new Set([healthHost.variable, healthPort.variable]);
  for (const { name, settings } of services) {
    for (const { variable } of Object.values(settings)) read.add(variable);
    const environment = Object.entries(of(name).environment).map(([variable, value]) => [
      variable,
      value.startsWith('${') ? `me=${'0'.repeat(32)}` : value,
    ]);
    expect(() => readConfig(settings, Object.fromEntries(environment))).not.toThrow();
  }
  const set = own.flatMap(([, one]) => Object.keys(one.environment));
  expect(set.filter((variable) => !read.has(variable))).toEqual([]);
});

it('gives Kafka the settings of the local stack', () => {
  const local = brokerProperties({ client: 1, controller: 2 }, '/data').trim().split('\n');
  const differs =
    /^(?:listeners|advertised\.listeners|listener\.security|controller\.quorum|log\.|num\.|background\.)/;
  const shared = local.filter((line) => !differs.test(line)).map((line) => line.split(/=(.*)/s));
  expect(shared.length).toBeGreaterThan(12);
  const { environment } = of('kafka');
  for (const [name = '', value] of shared)
    expect([name, environment[kafkaVariable(name)]]).toEqual([name, value]);
});

it('gives Elasticsearch and Redis the settings of the local stack', () => {
  expect(of('elasticsearch').environment).toMatchObject(elasticsearchSettings);
  expect(redisSettings['maxmemory-policy']).toBe('noeviction');
  const command = of('redis').command ?? [];
  for (const [name, value] of Object.entries(redisSettings)) {
    expect(command[command.indexOf(`--${name}`) + 1]).toBe(value);
  }
});

it('has Kibana of the version of Elasticsearch', () => {
  expect(of('kibana').image.split(':')[1]).toBe(of('elasticsearch').image.split(':')[1]);
});

it('keeps tokens out of the file', () => {
  expect(of('gateway').environment['BREAKWATER_GATEWAY_TOKENS']).toMatch(/^\$\{BREAKWATER_GATEWAY_TOKENS:\?/);
  expect(of('api').environment['BREAKWATER_API_TOKENS']).toMatch(/^\$\{BREAKWATER_API_TOKENS:\?/);
});

it('builds an image of the pinned Node that does not run as root or run install scripts', () => {
  const dockerfile = readFileSync(join(projectRoot, 'infra/Dockerfile'), 'utf8');
  const node = readFileSync(join(projectRoot, '.node-version'), 'utf8').trim();
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(new Set(bases)).toEqual(new Set([`node:${node}-bookworm-slim`]));
  expect(dockerfile).toMatch(/npm ci --omit=dev --ignore-scripts/);
  expect(dockerfile.lastIndexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('FROM'));
});
