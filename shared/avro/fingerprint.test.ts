import { expect, test } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';

/** Values that the Avro project publishes with its schema tests, as signed 64-bit integers. */
const published: readonly (readonly [string, bigint])[] = [
  ['"null"', 7195948357588979594n],
  ['"boolean"', -6970731678124411036n],
  ['"int"', 8247732601305521295n],
  ['"long"', -3434872931120570953n],
  ['"string"', -8142146995180207161n],
  ['{"name":"foo","type":"fixed","size":15}', 1756455273707447556n],
];

test.each(published)('the fingerprint of %s is the published one', (canonicalForm, expected) => {
  expect(BigInt.asIntN(64, fingerprintOf(canonicalForm))).toBe(expected);
});
