import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import { leafPseudonym } from '#shared/ledger/pseudonym.ts';
import { splitFacts } from '#shared/ledger/records/leaf.ts';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { createTestApi, type TestApi, token } from './testing/test-api.ts';

let entries: AuditEntry[];
let api: TestApi;
let isAway: boolean;
let now_ms: number;

const away = new BreakwaterError('BW_KAFKA_SEND_FAILED', 'Kafka is away');
const actor = leafPseudonym(Buffer.alloc(32), 'default', 'soc');

beforeEach(async () => {
  entries = [];
  isAway = false;
  now_ms = 7;
  api = await createTestApi({
    audit: {
      record: async (some) => {
        if (isAway) throw away;
        entries.push(...some);
      },
    },
    now_ms: () => now_ms,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const typesOf = (): string[] => entries.map(({ type }) => type);
const ofType = (type: string): AuditEntry[] => entries.filter((entry) => entry.type === type);

describe('a login', () => {
  it('is the first use of a token, and the first after half an hour without', async () => {
    for (const minutes of [0, 1, 30, 61]) {
      now_ms = minutes * 60_000;
      await api.get('/v1/incidents/abc');
    }
    expect(ofType('login.succeeded').map(({ time_ns }) => time_ns)).toEqual([0n, 3_660_000_000_000n]);
    expect(ofType('login.succeeded')[0]).toMatchObject({
      facts: { method: 'token', actor },
      body: expect.stringContaining('soc'),
    });
  });

  it('that cannot be written down does not happen', async () => {
    isAway = true;
    expect((await api.get('/v1/incidents/abc')).statusCode).toBe(503);
    isAway = false;
    await api.get('/v1/incidents/abc');
    expect(typesOf()).toEqual(['login.succeeded', 'access.read']);
  });

  it('that fails is counted: however many in ten seconds, one record, which names nobody', async () => {
    vi.useFakeTimers();
    const stranger = { authorization: `Bearer ${token}x` };
    for (let attempt = 0; attempt < 300; attempt += 1) {
      const headers = attempt % 3 === 0 ? {} : stranger;
      expect((await api.get('/v1/incidents', headers, `203.0.113.${attempt % 250}`)).statusCode).toBe(401);
    }
    expect(entries).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      type: 'login.failed',
      outcome: 'failure',
      facts: { method: 'token', attempts: '300', without_token: '100', addresses: '100', since_us: '7000' },
    });
    expect(splitFacts('login.failed', entries[0]?.facts ?? {}).hidden).toEqual({});
    expect(JSON.stringify(entries[0]?.facts)).not.toContain('203.0.113');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(entries).toHaveLength(1);
  });

  it('that fails while nothing can be written down is told of later, or at the end', async () => {
    vi.useFakeTimers();
    isAway = true;
    await api.get('/v1/incidents', {});
    await vi.advanceTimersByTimeAsync(10_000);
    isAway = false;
    await api.get('/v1/incidents', {});
    await api.close();
    expect(ofType('login.failed').map(({ facts }) => facts['attempts'])).toEqual(['2']);
  });
});

describe('a search', () => {
  it.each([
    ['/v1/incidents?status=open', '1'],
    ['/v1/incidents/abc/timeline', '2'],
    ['/v1/exports', '0'],
  ])('of %s is one record: who, for what, how many rows', async (url, results) => {
    await api.get(url);
    expect(typesOf()).toEqual(['login.succeeded', 'access.search']);
    const query_sha256 = createHash('sha256').update(url).digest('hex');
    const search = ofType('access.search')[0];
    expect(search).toMatchObject({
      outcome: 'success',
      facts: { method: 'GET', status: '200', actor, results, query_sha256 },
    });
    expect(splitFacts('access.search', search?.facts ?? {}).hidden).toEqual({});
    expect(JSON.parse(search?.body ?? '')).toMatchObject({ reader: 'soc', url });
  });

  it('that finds nothing because the search engine is away is a record too', async () => {
    api.incidents.list = () => Promise.reject(new BreakwaterError('BW_API_SEARCH_FAILED', 'no answer'));
    expect((await api.get('/v1/incidents')).json()).toEqual({
      error: 'no answer',
      code: 'BW_API_SEARCH_FAILED',
    });
    expect(ofType('access.search')[0]).toMatchObject({
      outcome: 'failure',
      facts: { results: '0', status: '503' },
    });
  });

  it('whose record cannot be written is not answered', async () => {
    await api.get('/v1/incidents/abc');
    isAway = true;
    const answer = await api.get('/v1/incidents');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('shop');
  });
});

it('who may not is told of once', async () => {
  await api.get('/v1/exports', { authorization: 'Bearer another-token-of-some-length' });
  expect(typesOf()).toEqual(['login.succeeded', 'access.denied']);
  expect(ofType('access.denied')[0]?.facts).toMatchObject({ route: '/v1/exports', status: '403' });
});
