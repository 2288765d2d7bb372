import { describe, expect, test } from 'vitest';
import { draftOf, resultOf } from '#shared/ingest/testing/drafts-of.ts';
import { kubewarden } from './kubewarden.ts';

const span = {
  host: 'policy-server-0',
  kind: 'Pod',
  namespace: 'shop',
  operation: 'CREATE',
  name: 'validation',
};

function logLine(fields: object, validation: object = span): object {
  return {
    timestamp: '2026-11-02T11:58:07.253476Z',
    level: 'INFO',
    fields,
    target: 'policy_server::api::handlers',
    spans: [validation],
  };
}

describe('kubewarden', () => {
  test('an answer that counts is in the fields of the span', () => {
    const answered = { ...span, policy_id: 'p', request_uid: 'u', allowed: false, response_message: 'no' };
    const draft = draftOf(kubewarden, logLine({ message: 'done' }, answered));
    expect(draft.document.event).toMatchObject({ kind: 'alert', outcome: 'failure', reason: 'no' });
    expect(draft.dedupe_key).toBe('u|p|answer');
    expect(draft.marks).toHaveLength(1);
  });

  test('an answer in monitor mode lets the request through', () => {
    const response =
      'AdmissionResponse { uid: "u", allowed: false, status: Some(S { message: Some("no \\"x\\"") }) }';
    const fields = { message: 'policy evaluation (monitor mode)', policy_id: 'p', response };
    const draft = draftOf(kubewarden, logLine(fields));
    expect(draft.document.event).toMatchObject({
      kind: 'event',
      type: ['info', 'allowed'],
      reason: 'no "x"',
    });
    expect(draft.dedupe_key).toBe('u|p|monitor');
  });

  test('a request that is accepted marks nothing', () => {
    const draft = draftOf(
      kubewarden,
      logLine({ message: 'done' }, { ...span, policy_id: 'p', allowed: true }),
    );
    expect(draft.document.event).toMatchObject({ kind: 'event', outcome: 'success' });
    expect(draft.marks).toEqual([]);
  });

  test('what is no answer is dropped by name', () => {
    expect(resultOf(kubewarden, logLine({ message: 'policy_log', data: '{}' }))).toEqual({
      kind: 'drop',
      reason: 'kubewarden.no_answer',
    });
  });

  test('lines and spans of others are not recognised', () => {
    expect(kubewarden.recognises({ ...logLine({ message: 'x' }), target: 'ztunnel::proxy' })).toBe(false);
    expect(kubewarden.recognises({ spanId: '1', name: 'validation', attributes: [] })).toBe(false);
  });
});
