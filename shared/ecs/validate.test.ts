import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#shared/event/json.ts';
import { validateDocument } from './validate.ts';

const valid: JsonObject = {
  '@timestamp': '2026-11-02T08:00:00.000000001Z',
  ecs: { version: '9.4.0' },
  data_stream: { type: 'logs', dataset: 'falco.alerts', namespace: 'breakwater' },
  event: {
    id: 'x',
    kind: 'alert',
    dataset: 'falco.alerts',
    category: ['process'],
    type: ['start'],
    original: '',
  },
  source: { ip: '10.0.0.1', port: 443 },
  dns: { answers: [{ data: '10.0.0.1', ttl: 5 }] },
  falco: { anything: { nested: [1, 'two'] } },
  kubernetes: { audit: { objectRef: { resource: 'pods' }, unknown: { a: 1 } } },
};

function problems(change: JsonObject): readonly string[] {
  return validateDocument({ ...valid, ...change }).map(({ field, problem }) => `${field}: ${problem}`);
}

describe('validateDocument', () => {
  test('accepts a valid document', () => {
    expect(problems({ event: { ...Object(valid['event']), original: 'x' } })).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    ['unknown fields', { foo: { bar: 1 } }, 'foo: neither in ECS nor in our extension'],
    [
      'unknown fields below known ones',
      { source: { foo: 1 } },
      'source.foo: neither in ECS nor in our extension',
    ],
    ['wrong types', { source: { ip: 'nowhere' } }, 'source.ip: must be an address'],
    ['text for numbers', { source: { port: 'https' } }, 'source.port: must be an integer'],
    ['objects for values', { message: { a: 1 } }, 'message: must be a text'],
    ['values for objects', { source: 'x' }, 'source: a value where fields are expected'],
    ['single values where ECS has lists', { tags: 'x' }, 'tags: must be a list'],
    ['lists where ECS has one value', { message: ['x'] }, 'message: must be one value'],
    ['missing ones', { ecs: {} }, 'ecs.version: missing'],
    [
      'forbidden values',
      { event: { ...Object(valid['event']), kind: 'surprise' } },
      'event.kind: surprise is not allowed',
    ],
    [
      'types that do not go with the category',
      { event: { ...Object(valid['event']), type: ['denied'] } },
      'event.type: denied does not go with process',
    ],
    [
      'wrong shapes in audit events',
      { kubernetes: { audit: { objectRef: 'x' } } },
      'kubernetes.audit.objectRef: a value where fields are expected',
    ],
  ])('finds %s', (_name, change, problem) => {
    expect(problems(change)).toContain(problem);
  });
});
