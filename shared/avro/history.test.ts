import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import avsc from 'avsc';
import { describe, expect, test } from 'vitest';
import { createCodec } from './codec.ts';
import {
  canonicalForm,
  currentType,
  historyTypes,
  parseSchema,
  type SchemaName,
  schemasFolder,
} from './schema.ts';

const names: Record<SchemaName, true> = {
  'audit-record': true,
  decision: true,
  event: true,
  fact: true,
  incident: true,
  signal: true,
  'timeline-entry': true,
};

test('every schema has a codec and a history', () => {
  const files = readdirSync(schemasFolder).filter((file) => file.endsWith('.avsc'));
  expect(files.map((file) => file.replace('.avsc', ''))).toEqual(Object.keys(names).toSorted());
  expect(readdirSync(join(schemasFolder, 'history')).toSorted()).toEqual(Object.keys(names).toSorted());
});

describe.each(readdirSync(join(schemasFolder, 'history')))('%s', (folder) => {
  const name = expectName(folder);
  const current = currentType(name);
  const history = historyTypes(name);

  test('versions are numbered from 1 without a gap', () => {
    const versions = readdirSync(join(schemasFolder, 'history', name)).toSorted();
    expect(versions).toEqual(history.map((_, index) => `${index + 1}.avsc`).toSorted());
  });

  test('the schema in use is recorded (else copy it to the next number)', () => {
    expect(history.map(canonicalForm)).toContain(canonicalForm(current));
  });

  test('the current reader reads every version', () => {
    for (const version of history) expect(() => current.createResolver(version)).not.toThrow();
  });

  test('every array and map item takes at least one byte, as the decode guard assumes', () => {
    for (const item of itemTypes(current)) expect(item.toBuffer(item.random()).length).toBeGreaterThan(0);
  });
});

function expectName(folder: string): SchemaName {
  const name = Object.keys(names).find((candidate): candidate is SchemaName => candidate === folder);
  if (name === undefined) throw new Error(`no codec for ${folder}`);
  return name;
}

function itemTypes(type: avsc.Type): readonly avsc.Type[] {
  if (type instanceof avsc.types.ArrayType) return [type.itemsType, ...itemTypes(type.itemsType)];
  if (type instanceof avsc.types.MapType) return [type.valuesType, ...itemTypes(type.valuesType)];
  if (type instanceof avsc.types.RecordType) return type.fields.flatMap((field) => itemTypes(field.type));
  if (type instanceof avsc.types.UnwrappedUnionType) return type.types.flatMap(itemTypes);
  return [];
}

describe('evolution', () => {
  const name = 'Thing';
  const id = { name: 'id', type: 'string' };
  const first = parseSchema({ type: 'record', name, fields: [id, { name: 'size', type: 'int' }] });
  const second = parseSchema({
    type: 'record',
    name,
    fields: [id, { name: 'size', type: 'long' }, { name: 'count', type: 'long', default: 7 }],
  });

  test('an older record gains the default of a new field, and a widened int becomes a bigint', () => {
    const record = createCodec(first, []).encode({ id: 'a', size: 3 });
    expect(createCodec(second, [first, second]).decode(record)).toEqual({ id: 'a', size: 3n, count: 7n });
  });

  test('a version that is written only later is read already', () => {
    const wider = parseSchema({
      type: 'record',
      name,
      fields: [id, { name: 'note', type: 'string' }, { name: 'size', type: 'int' }],
    });
    const record = createCodec(wider, []).encode({ id: 'a', note: 'n', size: 3 });
    expect(createCodec(first, [first, wider]).decode(record)).toEqual({ id: 'a', size: 3 });
  });

  test('a version that cannot be read stops the start', () => {
    const needy = parseSchema({ type: 'record', name, fields: [id, { name: 'must', type: 'string' }] });
    expect(() => createCodec(needy, [first])).toThrow('no matching field');
  });
});
