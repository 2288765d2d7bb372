import { expect, test } from 'vitest';
import {
  at,
  boolean,
  integer,
  integerText,
  list,
  number,
  object,
  objects,
  own,
  text,
  texts,
} from './read.ts';

test('what tools write for nothing is absent', () => {
  for (const nothing of [undefined, null, '', '-', '<NA>', 'N/A', '<nil>', '<none>', {}, []]) {
    expect(text(nothing)).toBeUndefined();
    expect(integer(nothing)).toBeUndefined();
    expect(number(nothing)).toBeUndefined();
    expect(object(nothing)).toBeUndefined();
    expect(texts(nothing)).toBeUndefined();
    expect(list(nothing)).toEqual([]);
  }
  expect(texts([''])).toBeUndefined();
  expect(text('nginx')).toBe('nginx');
  expect(text(0)).toBe('0');
});

test('numbers come as numbers or as text', () => {
  expect(integer('443')).toBe(443);
  expect(integer(443)).toBe(443);
  expect(integer('443a')).toBeUndefined();
  expect(integer(1.5)).toBeUndefined();
  expect(integer('9223372036854775807')).toBeUndefined();
  expect(integerText('9223372036854775807')).toBe('9223372036854775807');
  expect(integerText(7)).toBe('7');
  expect(number('7.5')).toBe(7.5);
  expect(number(Number.POSITIVE_INFINITY)).toBeUndefined();
  expect(boolean('true')).toBe(true);
  expect(boolean('yes')).toBeUndefined();
});

test('paths stop where there is nothing', () => {
  const record = { a: { b: [{ c: 1 }, 2] } };
  expect(at(record, 'a', 'b')).toEqual([{ c: 1 }, 2]);
  expect(at(record, 'a', 'x', 'y')).toBeUndefined();
  expect(at(record, 'constructor')).toBeUndefined();
  expect(own(record, 'toString')).toBeUndefined();
  expect(objects(at(record, 'a', 'b'))).toEqual([{ c: 1 }]);
});
