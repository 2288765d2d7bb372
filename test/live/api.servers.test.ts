import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import { connectStream } from '#shared/service/connect.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { freePorts } from '../../infra/stack/ports.ts';
import { playStream } from '../../services/standalone/demo/play.ts';
import { createFleet, type Fleet } from '../../services/standalone/fleet.ts';
import { allServices } from '../../services/standalone/services.ts';
import { serverAddresses } from '../servers/addresses.ts';

/** All services on real servers, with the recorded attack; then what a person does over HTTP. */
const { kafka_brokers, elasticsearch_url, redis_url } = serverAddresses();
const folder = mkdtempSync(join(tmpdir(), 'live-'));
const recording = join(import.meta.dirname, '../fixtures/demo/stream.ndjson');
/** The workload that the recorded attack begins in. */
const attacked = 'analytics/notebook';
const wait = { timeout: 180_000, interval: 500 };
vi.setConfig({ testTimeout: 400_000 });

const document = z.object({
  message: z.string(),
  incident: z.object({
    id: z.string(),
    status: z.string(),
    score: z.number(),
    assignee: z.string().optional(),
  }),
});
const page = z.object({ items: z.array(document) });
const exported = z.object({
  id: z.string(),
  status: z.string(),
  records: z.number(),
  schedule: z.string().optional(),
});

let fleet: Fleet;
let url: string;
let incident: z.infer<typeof document>;

beforeAll(async () => {
  const [api_port = 0, gateway_port = 0] = await freePorts(2);
  url = `http://127.0.0.1:${api_port}`;
  const schedules = join(folder, 'schedules.yaml');
  writeFileSync(
    schedules,
    `- { name: often, cron: '*/5 * * * * *', tenant: default, purpose: a test, ask: { types: [incident.*] } }\n`,
  );
  fleet = await createFleet(
    await allServices(),
    {
      KAFKA_BROKERS: kafka_brokers,
      ELASTICSEARCH_URL: elasticsearch_url,
      REDIS_URL: redis_url,
      BREAKWATER_DATA: folder,
      BREAKWATER_NAMESPACE: `live_${Date.now().toString(36)}`,
      BREAKWATER_GATEWAY_PORT: String(gateway_port),
      BREAKWATER_GATEWAY_TOKENS: 'default=only-for-this-test',
      BREAKWATER_API_PORT: String(api_port),
      BREAKWATER_API_TOKENS:
        'alice:analyst=token-of-the-alice,carol:compliance=token-of-the-carol,dave:compliance=token-of-the-dave',
      BREAKWATER_EXPORT_SCHEDULES: schedules,
    },
    () => silentLog,
  );
  await fleet.start();
  const stream = await connectStream({ brokers: kafka_brokers.split(','), client_id: 'live' });
  const writer = stream.writer();
  await playStream(recording, writer, () => undefined);
  await writer.close();
  await stream.close();
});
afterAll(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true });
});

async function call(who: string, path: string, body?: object): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer token-of-the-${who}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function incidents(): Promise<z.infer<typeof document>[]> {
  const { items } = page.parse(await (await call('alice', '/v1/incidents?limit=1000')).json());
  return items.filter(
    ({ incident: { status }, message }) => status !== 'merged' && message.includes(attacked),
  );
}

/** The incident of the attack, once it does not change any more: while the attack is read in, incidents merge. */
async function settledIncident(): Promise<z.infer<typeof document>> {
  let before = '';
  const isSettled = async (): Promise<boolean> => {
    const now = JSON.stringify(await incidents());
    const isSame = now === before && now !== '[]';
    before = now;
    return isSame;
  };
  await expect.poll(isSettled, { timeout: 180_000, interval: 4_000 }).toBe(true);
  const [worst] = await incidents();
  if (worst === undefined) throw new Error('no incident');
  return worst;
}

async function stateOf(id: string): Promise<z.infer<typeof exported>> {
  return exported.parse(await (await call('carol', `/v1/exports/${id}`)).json());
}

/** The folder of a downloaded bundle, once the worker has written it. */
async function download(id: string): Promise<string> {
  await expect.poll(async () => (await stateOf(id)).status, wait).toBe('created');
  const answer = await call('carol', `/v1/exports/${id}/bundle`);
  expect(answer.status).toBe(200);
  writeFileSync(join(folder, `${id}.tar`), Buffer.from(await answer.arrayBuffer()));
  expect(spawnSync('tar', ['-xf', `${id}.tar`], { cwd: folder }).status).toBe(0);
  const bundle = join(folder, `export-${id}`);
  expect(verifyBundle(bundle).findings).toEqual([]);
  return bundle;
}

function typesIn(bundle: string): string[] {
  const leaf = z.object({ type: z.string(), facts: z.record(z.string(), z.string()) });
  return readFileSync(join(bundle, 'records.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => leaf.parse(JSON.parse(line)))
    .map(({ type, facts }) =>
      `${type} ${facts['action'] ?? facts['milestone'] ?? facts['status'] ?? ''}`.trim(),
    );
}

describe('what a person does over HTTP', () => {
  it('sees the incident of the recorded attack, and its timeline in order of time', async () => {
    incident = await settledIncident();
    const row = z.object({ '@timestamp': z.string(), incident: z.object({ id: z.string() }) });
    const rows = async () => {
      const answer = await call('alice', `/v1/incidents/${incident.incident.id}/timeline?limit=1000`);
      return z.object({ items: z.array(row) }).parse(await answer.json()).items;
    };
    await expect.poll(async () => (await rows()).length, wait).toBeGreaterThan(4);
    const times = (await rows()).map((each) => each['@timestamp']);
    expect(times).toEqual(times.toSorted());
    expect(new Set((await rows()).map((each) => each.incident.id))).toEqual(new Set([incident.incident.id]));
  });

  it('assigns and acknowledges it, and the incident says so', async () => {
    const { id } = incident.incident;
    const decide = (order: object) => call('alice', `/v1/incidents/${id}/decisions`, order);
    expect((await decide({ action: 'assign', arguments: { assignee: 'alice' } })).status).toBe(202);
    expect((await decide({ action: 'acknowledge', reason: 'looking at it' })).status).toBe(202);
    const now = async () =>
      document.parse(await (await call('alice', `/v1/incidents/${id}`)).json()).incident;
    await expect.poll(now, wait).toMatchObject({ status: 'acknowledged', assignee: 'alice' });
  });

  it('reports it: every decision, step and milestone is a proven leaf of the report', async () => {
    const { id } = incident.incident;
    const marked = await call('alice', `/v1/incidents/${id}/milestones`, { milestone: 'aware' });
    expect(marked.status).toBe(201);
    const asked = exported.parse(await (await call('carol', `/v1/incidents/${id}/report`, {})).json());
    const bundle = await download(asked.id);
    const types = typesIn(bundle);
    expect(types).toEqual(
      expect.arrayContaining([
        'detection.fired',
        'incident.opened open',
        'decision.requested assign',
        'decision.requested acknowledge',
        'decision.taken assign',
        'decision.taken acknowledge',
        'incident.status acknowledged',
        'incident.milestone aware',
      ]),
    );
    const { clocks } = z
      .object({ clocks: z.array(z.object({ regime: z.string(), state: z.string() })) })
      .parse(JSON.parse(readFileSync(join(bundle, 'incident-report.json'), 'utf8')));
    expect(clocks[0]).toEqual({ regime: 'nis2', state: 'running' });
  });

  it('exports bodies once a second person agrees; accesses are in it', async () => {
    const order = { purpose: 'who read what', ask: { types: ['access.*', 'export.*'] }, bodies: 'redacted' };
    const asked = exported.parse(await (await call('carol', '/v1/exports', order)).json());
    expect((await call('carol', `/v1/exports/${asked.id}/approve`, {})).status).toBe(409);
    expect((await stateOf(asked.id)).status).toBe('requested');
    expect((await call('dave', `/v1/exports/${asked.id}/approve`, {})).status).toBe(200);
    const types = typesIn(await download(asked.id));
    expect(types).toContain('access.read');
    expect(types).toContain('export.requested');
  });

  it('finds exports that a schedule asked for, each run once', async () => {
    const scheduled = async () => {
      const answer = await call('carol', '/v1/exports?limit=1000');
      const { items } = z.object({ items: z.array(exported) }).parse(await answer.json());
      return items.filter(({ schedule, status }) => schedule === 'often' && status === 'created');
    };
    await expect.poll(async () => (await scheduled()).length, wait).toBeGreaterThan(1);
    const [first] = await scheduled();
    expect(typesIn(await download(first?.id ?? ''))).not.toContain('access.read');
  });
});
