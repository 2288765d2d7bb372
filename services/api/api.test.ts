import { describe, expect, it } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { createTestApi, incident, row, type TestApi } from './testing/test-api.ts';

async function api(): Promise<TestApi & { readonly entries: AuditEntry[] }> {
  const entries: AuditEntry[] = [];
  const test = await createTestApi({ audit: { record: async (some) => void entries.push(...some) } });
  return { ...test, entries };
}

describe('the API', () => {
  it('answers incidents, one incident, its timeline and the checkpoints', async () => {
    const { get } = await api();
    expect((await get('/v1/incidents?status=open')).json()).toEqual({ items: [incident], next: 'more' });
    expect((await get('/v1/incidents/abc')).json()).toEqual(incident);
    expect((await get('/v1/incidents/abc/timeline')).json()).toEqual({ items: [row, row] });
    expect((await get('/v1/audit/checkpoints')).json().logs).toHaveLength(1);
    expect((await get('/v1/incidents/none')).statusCode).toBe(404);
  });

  it('answers why two things are not one incident, or that nobody knows them', async () => {
    const side = { asked: 's1', kind: 'signal' };
    const why = { together: false, text: ['They are not in one incident:'], a: side, b: side, meetings: [] };
    const test = await createTestApi({
      questions: { whyNot: (a) => Promise.resolve(a === 's1' ? why : undefined) },
    });
    expect((await test.get('/v1/incidents/why-not?a=s1&b=s2')).json()).toEqual(why);
    expect((await test.get('/v1/incidents/why-not?a=x&b=s2')).statusCode).toBe(404);
    expect((await test.get('/v1/incidents/why-not?a=s1')).statusCode).toBe(400);
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
    const [, access] = entries;
    expect(entries).toHaveLength(2);
    expect(access).toMatchObject({ type: 'access.read', facts: { route: '/v1/incidents/:id' } });
    expect(JSON.stringify(access?.facts)).not.toContain('soc');
    expect(JSON.parse(access?.body ?? '')).toMatchObject({ reader: 'soc' });
  });

  it('answers nothing that it could not log', async () => {
    const away = new BreakwaterError('BW_KAFKA_SEND_FAILED', 'Kafka is away');
    const { get } = await createTestApi({ audit: { record: () => Promise.reject(away) } });
    const answer = await get('/v1/incidents');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('shop');
  });

  it('says that it cannot search, without a token and with one', async () => {
    const away = new BreakwaterError('BW_API_SEARCH_FAILED', 'no answer');
    const { get, incidents } = await api();
    incidents.reachable = () => Promise.resolve(false);
    incidents.list = () => Promise.reject(away);
    expect((await get('/v1/health', {})).statusCode).toBe(503);
    expect((await get('/v1/incidents')).json()).toEqual({ error: 'no answer', code: 'BW_API_SEARCH_FAILED' });
  });

  it('describes itself', async () => {
    const { get } = await api();
    const description = (await get('/openapi.json', {})).json();
    expect(Object.keys(description.paths)).toEqual([
      '/v1/health',
      '/v1/incidents',
      '/v1/incidents/why-not',
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
