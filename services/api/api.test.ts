import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import { Exports } from '#shared/ledger/export/exports.ts';
import { defaultApprovalPolicy } from '#shared/ledger/export/request.ts';
import { type AuditEntry, noAuditTrail } from '#shared/service/audit-trail.ts';
import type { IncidentStore, StoredDocument } from './ports/incident-store.ts';
import { createApiServer } from './server.ts';

const incident: StoredDocument = { message: 'shop: shell', incident: { id: 'abc', status: 'open' } };
const row: StoredDocument = { message: 'a shell', incident: { id: 'abc' } };
const authorization = 'Bearer a-token-of-some-length';

function store(changes: Partial<IncidentStore> = {}): IncidentStore {
  return {
    list: () => Promise.resolve({ items: [incident], next: 'more' }),
    find: (id) => Promise.resolve(id === 'abc' ? incident : undefined),
    timeline: () => Promise.resolve({ items: [row] }),
    reachable: () => Promise.resolve(true),
    close: () => Promise.resolve(),
    ...changes,
  };
}

/** Exports that no test of this file asks for. */
const exports = new Exports({
  directory: '/nowhere',
  trail: noAuditTrail,
  exportKey: generateKeyPairSync('ed25519').privateKey,
  export_name: 'x',
  bodySecret: Buffer.alloc(32),
  policy: defaultApprovalPolicy,
  loadRulesByTag: () => Promise.resolve(() => []),
  software_version: '0',
  clock: { now_ms: () => 7 },
});

async function api(
  incidents: IncidentStore = store(),
  record?: (entries: readonly AuditEntry[]) => Promise<void>,
) {
  const entries: AuditEntry[] = [];
  const server = await createApiServer({
    incidents,
    checkpoints: {
      read: () => Promise.resolve([{ log: 'default', checkpoint: 'text\n', verifier_key: 'key' }]),
    },
    readers: [{ name: 'soc', token: 'a-token-of-some-length', roles: ['reader'] }],
    exports,
    jobs: { add: () => Promise.resolve() },
    decisions: { write: () => Promise.resolve() },
    bodySecret: Buffer.alloc(32),
    data_folder: '/nowhere',
    audit: { record: record ?? (async (some) => void entries.push(...some)) },
    tenant: 'default',
    now_ms: () => 7,
  });
  const get = (url: string, headers: Record<string, string> = { authorization }) =>
    server.inject({ url, headers });
  return { get, entries };
}

describe('the API', () => {
  it('answers incidents, one incident, its timeline and the checkpoints', async () => {
    const { get } = await api();
    expect((await get('/v1/incidents?status=open')).json()).toEqual({ items: [incident], next: 'more' });
    expect((await get('/v1/incidents/abc')).json()).toEqual(incident);
    expect((await get('/v1/incidents/abc/timeline')).json()).toEqual({ items: [row] });
    expect((await get('/v1/audit/checkpoints')).json().logs).toHaveLength(1);
    expect((await get('/v1/incidents/none')).statusCode).toBe(404);
  });

  it('refuses strangers, and unknown or absurd parameters', async () => {
    const { get, entries } = await api();
    expect((await get('/v1/incidents', {})).statusCode).toBe(401);
    expect(entries).toHaveLength(0);
    expect((await get('/v1/incidents?limit=0')).statusCode).toBe(400);
    expect((await get('/v1/incidents?colour=red')).statusCode).toBe(400);
  });

  it('leaves an audit record of each access, with no name outside the body', async () => {
    const { get, entries } = await api();
    await get('/v1/incidents/abc');
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ type: 'access.read', facts: { route: '/v1/incidents/:id' } });
    expect(JSON.stringify(entries[0]?.facts)).not.toContain('soc');
    expect(JSON.parse(entries[0]?.body ?? '')).toMatchObject({ reader: 'soc' });
  });

  it('answers nothing that it could not log', async () => {
    const away = new BreakwaterError('BW_KAFKA_SEND_FAILED', 'Kafka is away');
    const { get } = await api(store(), () => Promise.reject(away));
    const answer = await get('/v1/incidents');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('shop');
  });

  it('says that it cannot search, without a token and with one', async () => {
    const away = new BreakwaterError('BW_API_SEARCH_FAILED', 'no answer');
    const { get } = await api(
      store({ reachable: () => Promise.resolve(false), list: () => Promise.reject(away) }),
    );
    expect((await get('/v1/health', {})).statusCode).toBe(503);
    expect((await get('/v1/incidents')).json()).toEqual({ error: 'no answer', code: 'BW_API_SEARCH_FAILED' });
  });

  it('describes itself', async () => {
    const { get } = await api();
    const description = (await get('/openapi.json', {})).json();
    expect(Object.keys(description.paths)).toEqual([
      '/v1/health',
      '/v1/incidents',
      '/v1/incidents/{id}',
      '/v1/incidents/{id}/timeline',
      '/v1/incidents/{id}/decisions',
      '/v1/incidents/{id}/milestones',
      '/v1/incidents/{id}/report',
      '/v1/audit/checkpoints',
      '/v1/exports',
      '/v1/exports/{id}',
      '/v1/exports/{id}/approve',
      '/v1/exports/{id}/refuse',
      '/v1/exports/{id}/cancel',
      '/v1/exports/{id}/bundle',
    ]);
  });
});
