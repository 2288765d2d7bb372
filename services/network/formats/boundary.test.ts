import { expect, test } from 'vitest';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { boundary } from './boundary.ts';

const event = (data: object, type = 'audit') => ({
  id: 'a1',
  source: 'https://hashicorp.com/boundary/ctl-0/controller',
  specversion: '1.0',
  type,
  data,
  time: '2026-11-02T08:40:22.203Z',
});

const request = {
  timestamp: '2026-11-02T08:40:22.164552492Z',
  request_info: {
    method: 'POST',
    path: '/v1/targets/ttcp_1:authorize-session',
    client_ip: '203.0.113.47',
  },
  auth: { auth_token_id: 'at_1', user_info: { id: 'u_1' }, user_email: 'Ann@acme.example' },
  response: { status_code: 200 },
};

test('who asked for a session, with which token and from where', () => {
  const draft = draftOf(boundary, event(request));
  expect(draft.time_ns).toBe(1_793_608_822_164_552_492n);
  expect(draft.actors).toEqual(['user:ann@acme.example', 'session:at_1', 'external:203.0.113.47']);
  expect(draft.document.event).toMatchObject({
    action: 'authorize-session',
    type: ['access', 'allowed'],
    outcome: 'success',
  });
});

test('redacted people are known by their ids', () => {
  const redacted = { ...request, auth: { ...request.auth, user_email: '[REDACTED]' } };
  expect(draftOf(boundary, event(redacted)).actors[0]).toBe('user:u_1');
});

test('a refusal is an outcome, not a verdict', () => {
  const draft = draftOf(boundary, event({ ...request, response: { status_code: 403 } }));
  expect(draft.document.event).toMatchObject({ type: ['access', 'denied'], outcome: 'failure' });
  expect(draft.marks).toBeUndefined();
});

test('what a worker says of itself names nobody', () => {
  const text = `Nov  2 09:40:22 host boundary[1]: ${JSON.stringify(
    event({ op: 'worker.ProxyChain', data: { msg: 'chain established' } }, 'system'),
  )}`;
  const draft = draftOf(boundary, text);
  expect(draft.actors).toEqual([]);
  expect(draft.document.message).toBe('Boundary system: chain established');
});

test('other CloudEvents are not recognised', () => {
  const foreign = { ...event(request), source: 'https://example.com/orders' };
  expect(() => draftOf(boundary, foreign)).toThrow('does not recognise');
});
