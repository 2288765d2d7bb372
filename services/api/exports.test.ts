import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Decision } from '#shared/avro/types.generated.ts';
import { verifyBundle } from '#shared/ledger/evidence/bundle.ts';
import { bundleFolder } from '#shared/ledger/export/request.ts';
import { type ExportWorld, someEntries, startWorld } from '../../test/foreign/export-fixture.ts';
import { roles } from './authorisation.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { createApiServer } from './server.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let world: ExportWorld;
let server: Awaited<ReturnType<typeof createApiServer>>;
const jobs: string[] = [];
const decided: Decision[] = [];
const incident = { incident: { id: 'INC', scope: 'acme', severity: 73 } };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'api-exports-'));
  world = await startWorld(folder, { signed_ms_max: 2_000 });
  await world.trail.record(someEntries(40));
  server = await createApiServer({
    incidents: {
      list: () => Promise.resolve({ items: [] }),
      find: (id) => Promise.resolve(id === 'INC' ? incident : undefined),
      timeline: () => Promise.resolve({ items: [] }),
      reachable: () => Promise.resolve(true),
      close: () => Promise.resolve(),
    },
    checkpoints: { read: () => Promise.resolve([]) },
    readers: [
      ...roles.map((role) => ({ name: role, token: `token-of-the-${role}`, roles: [role] })),
      { name: 'carol', token: 'token-of-the-carol', roles: ['compliance'] },
    ],
    exports: world.exports,
    jobs: { add: async (id) => void jobs.push(id) },
    questions: { whyNot: () => Promise.resolve(undefined) },
    decisions: { write: async (decision) => void decided.push(decision) },
    bodySecret: Buffer.alloc(32, 7),
    data_folder: folder,
    audit: world.trail,
    tenant: 'acme',
    signed_ms_max: 2_000,
    now_ms: () => Date.UTC(2026, 10, 20, 12),
    log: silentLog,
  });
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

async function call(who: string, method: 'GET' | 'POST', url: string, body?: object, headers = {}) {
  const authorization = `Bearer token-of-the-${who}`;
  return server.inject({ method, url, headers: { authorization, ...headers }, ...(body ? { body } : {}) });
}

const order = { purpose: 'yearly audit', ask: { types: ['access.*'] } };

describe('exports over HTTP', () => {
  it('are written at once when nobody has to approve them', async () => {
    const answer = await call('carol', 'POST', '/v1/exports', order);
    expect(answer.statusCode).toBe(202);
    const { id } = answer.json();
    expect(answer.json()).toMatchObject({
      status: 'requested',
      tenant: 'acme',
      requester: 'carol',
      needs_approval: false,
    });
    expect(jobs).toContain(id);
    expect((await call('auditor', 'GET', `/v1/exports/${id}`)).json()).toEqual(answer.json());
  });

  it('need a second person where policy asks, who is not the first', async () => {
    const { id } = (await call('carol', 'POST', '/v1/exports', { ...order, bodies: 'full' })).json();
    expect(jobs).not.toContain(id);
    expect((await call('carol', 'POST', `/v1/exports/${id}/approve`)).statusCode).toBe(409);
    expect((await call('analyst', 'POST', `/v1/exports/${id}/approve`)).statusCode).toBe(403);
    expect((await call('auditor', 'POST', `/v1/exports/${id}/approve`)).statusCode).toBe(403);
    expect(jobs).not.toContain(id);
    const approved = await call('compliance', 'POST', `/v1/exports/${id}/approve`);
    expect(approved.json()).toMatchObject({ status: 'approved', approver: 'compliance' });
    expect(jobs).toContain(id);
    expect((await call('compliance', 'POST', `/v1/exports/${id}/refuse`)).statusCode).toBe(409);
  });

  it('can be refused and cancelled', async () => {
    const ask = { ...order, bodies: 'redacted' };
    const { id: first } = (await call('carol', 'POST', '/v1/exports', ask)).json();
    expect((await call('compliance', 'POST', `/v1/exports/${first}/refuse`)).json().status).toBe('refused');
    const { id: second } = (await call('carol', 'POST', '/v1/exports', ask)).json();
    expect((await call('carol', 'POST', `/v1/exports/${second}/cancel`)).json().status).toBe('cancelled');
    for (const id of [first, second]) {
      expect((await call('compliance', 'POST', `/v1/exports/${id}/approve`)).statusCode).toBe(409);
      expect(jobs).not.toContain(id);
    }
  });

  it('are streamed as an archive that verifies, from any byte, and each download is a leaf before', async () => {
    const { id } = (await call('carol', 'POST', '/v1/exports', order)).json();
    const url = `/v1/exports/${id}/bundle`;
    expect((await call('carol', 'GET', url)).statusCode).toBe(409);
    await world.exports.create(id, bundleFolder(folder, id));
    const whole = await call('auditor', 'GET', url);
    expect([whole.statusCode, whole.headers['content-type']]).toEqual([200, 'application/x-tar']);
    expect(Number(whole.headers['content-length'])).toBe(whole.rawPayload.length);
    const rest = await call('auditor', 'GET', url, undefined, { range: 'bytes=1000-' });
    expect(rest.statusCode).toBe(206);
    expect(rest.rawPayload.equals(whole.rawPayload.subarray(1000))).toBe(true);
    expect((await call('auditor', 'GET', url, undefined, { range: 'bytes=999999999-' })).statusCode).toBe(
      416,
    );
    writeFileSync(join(folder, 'bundle.tar'), whole.rawPayload);
    expect(spawnSync('tar', ['-xf', 'bundle.tar'], { cwd: folder }).status).toBe(0);
    expect(verifyBundle(join(folder, `export-${id}`)).findings).toEqual([]);
    const { id: later } = await world.exports.request({
      tenant: 'acme',
      requester: 'carol',
      purpose: 'p',
      ask: { facts: { export: id }, types: ['export.downloaded'] },
    });
    expect(world.exports.get(later).records).toBe(3);
  });

  it('are listed by state, page by page', async () => {
    const all = (await call('auditor', 'GET', '/v1/exports')).json();
    const first = (await call('auditor', 'GET', '/v1/exports?limit=2')).json();
    const second = (await call('auditor', 'GET', `/v1/exports?limit=1000&after=${first.next}`)).json();
    expect([...first.items, ...second.items]).toEqual(all.items);
    const refused = (await call('auditor', 'GET', '/v1/exports?status=refused')).json();
    expect(refused.items).toHaveLength(1);
  });

  it.each([
    ['nonsense', { purpose: 'p', ask: { colour: 'red' } }],
    ['no purpose', { ask: {} }],
    ['a control that nobody mapped', { purpose: 'p', ask: { controls: ['nobody/1'] } }],
    ['a time that is none', { purpose: 'p', ask: { from: 'yesterday' } }],
  ])('refuse %s', async (_name, body) => {
    expect((await call('carol', 'POST', '/v1/exports', body)).statusCode).toBe(400);
  });

  it('that do not exist are not found', async () => {
    expect((await call('carol', 'GET', '/v1/exports/0123456789abcdef')).statusCode).toBe(404);
    expect((await call('carol', 'POST', '/v1/exports/0123456789abcdef/approve')).statusCode).toBe(404);
    expect((await call('carol', 'GET', '/v1/exports/..%2f..%2fsecret')).statusCode).toBe(400);
  });

  it('are for roles that have them, and a refusal is a leaf', async () => {
    const allowed: Record<string, readonly [number, number]> = {
      reader: [403, 403],
      analyst: [403, 403],
      auditor: [200, 403],
      compliance: [200, 202],
    };
    for (const [role, [list, ask]] of Object.entries(allowed)) {
      expect((await call(role, 'GET', '/v1/exports')).statusCode, role).toBe(list);
      expect((await call(role, 'POST', '/v1/exports', order)).statusCode, role).toBe(ask);
    }
    const { records } = await world.exports.request({
      tenant: 'acme',
      requester: 'carol',
      purpose: 'p',
      ask: { types: ['access.denied'] },
    });
    expect(records).toBeGreaterThanOrEqual(5);
  });
});

describe('acts on incidents', () => {
  it('are signed records before they are decisions', async () => {
    const url = '/v1/incidents/INC/decisions';
    const order = {
      action: 'close',
      arguments: { disposition: 'true-positive' },
      reason: 'alice was phished',
    };
    const answer = await call('analyst', 'POST', url, order);
    expect(answer.statusCode).toBe(202);
    expect(decided.at(-1)).toMatchObject({
      id: answer.json().decision,
      scope: 'acme',
      actor: 'analyst',
      action: 'close',
      incident: 'INC',
      arguments: { disposition: 'true-positive', severity: '73' },
    });
    const { records } = await world.exports.request({
      tenant: 'acme',
      requester: 'carol',
      purpose: 'p',
      ask: { types: ['decision.requested'], incident: 'INC', actor: 'analyst' },
    });
    expect(records).toBe(1);
  });

  it.each([
    ['reader', 'INC', { action: 'close' }, 403],
    ['compliance', 'INC', { action: 'close' }, 403],
    ['analyst', 'none', { action: 'close' }, 404],
    ['analyst', 'INC', { action: 'assign' }, 400],
    ['analyst', 'INC', { action: 'merge' }, 400],
    ['analyst', 'INC', { action: 'delete' }, 400],
  ])('%s on %s: %j is %i', async (who, id, body, status) => {
    const before = decided.length;
    expect((await call(who, 'POST', `/v1/incidents/${id}/decisions`, body)).statusCode).toBe(status);
    expect(decided).toHaveLength(before);
  });

  it('start clocks that the report shows', async () => {
    const mark = (body: object) => call('analyst', 'POST', '/v1/incidents/INC/milestones', body);
    expect((await mark({ milestone: 'aware', at: '2026-11-20T10:00:00Z' })).statusCode).toBe(201);
    expect((await mark({ milestone: 'initial_sent' })).statusCode).toBe(400);
    expect((await mark({ milestone: 'initial_sent', regime: 'nis2' })).statusCode).toBe(201);
    const asked = await call('carol', 'POST', '/v1/incidents/INC/report', {});
    expect(asked.statusCode).toBe(202);
    const { id } = asked.json();
    await world.exports.create(id, bundleFolder(folder, id));
    const report = JSON.parse(readFileSync(join(bundleFolder(folder, id), 'incident-report.json'), 'utf8'));
    expect(report.clocks[0]).toMatchObject({ regime: 'nis2', due: '2026-11-21T10:00:00.000Z', state: 'met' });
    expect(verifyBundle(bundleFolder(folder, id)).findings).toEqual([]);
  });
});

it('when the auditor is down, every step is refused and nothing is done', async () => {
  const { id } = (await call('carol', 'POST', '/v1/exports', { ...order, bodies: 'full' })).json();
  const { id: created } = (await call('carol', 'POST', '/v1/exports', order)).json();
  await world.exports.create(created, bundleFolder(folder, created));
  await world.stop();
  const before = jobs.length;
  const decisionsBefore = decided.length;
  const answers = await Promise.all([
    call('carol', 'POST', '/v1/exports', order),
    call('compliance', 'POST', `/v1/exports/${id}/approve`),
    call('carol', 'POST', `/v1/exports/${id}/cancel`),
    call('carol', 'GET', `/v1/exports/${created}/bundle`),
    call('analyst', 'POST', '/v1/incidents/INC/decisions', { action: 'close' }),
    call('analyst', 'POST', '/v1/incidents/INC/milestones', { milestone: 'aware' }),
  ]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503, 503, 503, 503]);
  expect(answers[0]?.json()).toMatchObject({ code: 'BW_AUDIT_UNSIGNED' });
  expect(jobs.length).toBe(before);
  expect(decided.length).toBe(decisionsBefore);
  expect(world.exports.get(id).status).toBe('requested');
});
