import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMatcher, type ExportFilter, isFilter, type LeafView } from './filter.ts';

const leaf: LeafView = {
  facts: { rule: 'r1', images: 'sha256:aa sha256:bb', incident: 'i1' },
  outcome: 'success',
  producer: 'auditor/1',
  received_us: '1000000',
  sequence: '0',
  tenant: 'acme',
  time_us: String(Date.UTC(2026, 10, 20) * 1000),
  type: 'batch.ingest',
};

const cases: readonly (readonly [string, ExportFilter, boolean])[] = [
  ['nothing asked', {}, true],
  ['the first moment counts', { from: '2026-11-20T00:00:00Z' }, true],
  ['the last does not', { until: '2026-11-20T00:00:00Z' }, false],
  ['another offset is the same time', { from: '2026-11-20T01:00:00+01:00' }, true],
  ['a type', { types: ['batch.ingest'] }, true],
  ['a family', { types: ['access.*', 'batch.*'] }, true],
  ['a family is no prefix', { types: ['bat.*'] }, false],
  ['a part of a type is no type', { types: ['batch'] }, false],
  ['another outcome', { outcome: 'failure' }, false],
  ['a fact', { facts: { rule: 'r1' } }, true],
  ['one of several names of a fact', { facts: { images: 'sha256:bb' } }, true],
  ['a part of a name is no name', { facts: { images: 'sha256:b' } }, false],
  ['one of several values', { facts: { rule: ['r0', 'r1'] } }, true],
  ['all facts', { facts: { rule: 'r1', incident: 'i2' } }, false],
  ['a fact of the prototype', { facts: { constructor: 'Object' } }, false],
  ['a text', { text: 'needle' }, true],
  ['another text', { text: 'Needle' }, false],
  ['one of a group', { one_of: [[{ facts: { rule: 'r2' } }, { facts: { incident: 'i1' } }]] }, true],
  ['each group', { one_of: [[{ types: ['batch.*'] }], [{ facts: { rule: 'r2' } }]] }, false],
  ['a group of none', { one_of: [[]] }, false],
];

test.each(cases)('%s', (_name, filter, expected) => {
  expect(createMatcher(filter)(leaf, 'a needle')).toBe(expected);
});

describe('a filter is read whole or not at all', () => {
  test.each(cases)('%s', (_name, filter) => expect(isFilter(filter)).toBe(true));

  test.each([
    null,
    [],
    { colour: 'red' },
    { from: 'yesterday' },
    { types: 'batch.*' },
    { facts: { rule: 1 } },
    { one_of: [{}] },
    { one_of: [[{ one_of: [] }]] },
  ])('%j is none', (value) => expect(isFilter(value)).toBe(false));

  test('anything', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof isFilter(value) === 'boolean'));
  });
});
