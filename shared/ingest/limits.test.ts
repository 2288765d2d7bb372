import { describe, expect, test } from 'vitest';
import type { EcsDocument, ToolDocument } from '#shared/event/ecs.ts';
import {
  array_length_max,
  depth_max,
  fields_max,
  key_length_max,
  limitDocument,
  limitOriginal,
  original_length_max,
  value_length_max,
} from './limits.ts';

function limited(tool: Record<string, unknown>): { tool: unknown; truncated: readonly string[] | undefined } {
  const input: ToolDocument<'falco'> = { falco: tool };
  const { document, truncated } = limitDocument(input);
  return { tool: Reflect.get(document, 'falco'), truncated };
}

function nested(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = { end: 1 };
  for (let level = 0; level < levels; level++) value = { down: value };
  return value;
}

describe('limitDocument', () => {
  test('does not touch what is within the limits', () => {
    const document: EcsDocument = { message: 'x', process: { args: ['a', ''] } };
    const result = limitDocument(document);
    expect(result.document).toBe(document);
    expect(result.truncated).toBeUndefined();
  });

  test('leaves empty texts out, but not from lists', () => {
    expect(limited({ a: '', b: ['', 'x'], c: { d: '' } }).tool).toEqual({ b: ['', 'x'], c: {} });
  });

  test.each([
    ['value_length', { a: 'x'.repeat(value_length_max + 1) }, { a: 'x'.repeat(value_length_max) }],
    ['key_length', { ['k'.repeat(key_length_max + 1)]: 1, b: 2 }, { b: 2 }],
    [
      'array_length',
      { a: Array.from({ length: array_length_max + 1 }, () => 1) },
      { a: Array.from({ length: array_length_max }, () => 1) },
    ],
  ])('%s', (name, tool, expected) => {
    expect(limited(tool)).toEqual({ tool: expected, truncated: [name] });
  });

  test('depth and fields', () => {
    expect(limited(nested(depth_max - 2)).truncated).toBeUndefined();
    expect(limited(nested(depth_max + 1)).truncated).toEqual(['depth']);
    const many = Object.fromEntries(
      Array.from({ length: fields_max + 5 }, (_, index) => [`f${index}`, index]),
    );
    const { tool, truncated } = limited(many);
    expect(Object.keys(tool ?? {})).toHaveLength(fields_max);
    expect(truncated).toEqual(['fields']);
  });

  test('repairs lone surrogates', () => {
    expect(limited({ a: 'x\uD800', b: ['\uDC00y'] }).tool).toEqual({ a: 'x\uFFFD', b: ['\uFFFDy'] });
  });

  test('does not change the record that it was made from', () => {
    const record = Object.freeze({ a: Object.freeze({ b: '', c: 'x'.repeat(value_length_max + 1) }) });
    limited(record);
    expect(record.a.b).toBe('');
  });

  test('the original has its own limit', () => {
    expect(limitOriginal('x\uD800')).toBe('x\uFFFD');
    expect(limitOriginal('x'.repeat(original_length_max + 1))).toBeUndefined();
  });
});
