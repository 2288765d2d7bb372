import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { json_depth_max, type JsonValue, parseEmbedded, parseJson } from './json.ts';

function value(text: string | Buffer): JsonValue {
  const parsed = parseJson(text);
  if (parsed.kind === 'invalid') throw new Error(parsed.detail);
  return parsed.value;
}

/** The oracle: the engine's own access to the source text of numbers. */
function slowLossless(text: string): unknown {
  return JSON.parse(text, function keepDigits(_key: string, parsed: unknown, context?: { source?: string }) {
    const source = context?.source;
    if (typeof parsed !== 'number' || source === undefined || /[eE]/.test(source)) return parsed;
    if (!source.includes('.')) return Number.isSafeInteger(parsed) ? parsed : source;
    const [whole = '', fraction = ''] = source.replace('-', '').split('.');
    return whole.length >= 10 && whole.length + fraction.length > 16 ? source : parsed;
  });
}

describe('parseJson', () => {
  test('keeps integers beyond 2^53 as text and leaves others alone', () => {
    expect(value('{"evt.time":1685022245478445995,"pid":12,"flow_id" : 1234567890123456 }')).toEqual({
      'evt.time': '1685022245478445995',
      pid: 12,
      flow_id: 1234567890123456,
    });
    expect(value('[-9223372036854775808,18446744073709551615]')).toEqual([
      '-9223372036854775808',
      '18446744073709551615',
    ]);
    expect(value('9007199254740993')).toBe('9007199254740993');
  });

  test('keeps seconds that are finer than a double', () => {
    expect(value('{"ts":1606854606.123456789}')).toEqual({ ts: '1606854606.123456789' });
    expect(value('{"ts":1606854606.123456}')).toEqual({ ts: 1606854606.123456 });
    expect(value('{"lat":37.774929499999998}')).toEqual({ lat: 37.7749295 });
  });

  test('leaves digits inside strings alone', () => {
    const log = { log: '{"evt.time":1685022245478445995,"x":[1685022245478445995]}' };
    expect(value(JSON.stringify(log))).toEqual(log);
    const odd = '{"a":":1685022245478445995,","n":1685022245478445995}';
    expect(value(odd)).toEqual({ a: ':1685022245478445995,', n: '1685022245478445995' });
    expect(value('{"a\\\\":1685022245478445995}')).toEqual({ 'a\\': '1685022245478445995' });
  });

  test('keeps the digits of each of several members of a name', () => {
    const [one, other] = ['1685022245478445991', '1685022245478445995'];
    expect(value(`{"a":{"t":${one}},"t":${other},"u":${other}}`)).toEqual({
      a: { t: one },
      t: other,
      u: other,
    });
    expect(value(`{"a":{"t":${one}},"\\u0074":${other}}`)).toEqual({ a: { t: one }, t: other });
    expect(value(`{"b":{"t":${one}},"x\\"t":${other}}`)).toEqual({ b: { t: one }, 'x"t': other });
    expect(value(`{"auid":4294967295,"list":[${one},1e12345678901234567]}`)).toEqual({
      auid: 4294967295,
      list: [one, Infinity],
    });
  });

  test('takes the last of duplicate keys, and __proto__ as data', () => {
    expect(value('{"a":1,"a":2}')).toEqual({ a: 2 });
    const hostile = value('{"__proto__":{"polluted":true}}');
    expect(Object.keys(hostile ?? {})).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('marks in the text what was not UTF-8', () => {
    const cut = Buffer.concat([
      Buffer.from('{"output":"abc'),
      Buffer.from([0xe2, 0x82]),
      Buffer.from('[...]"}'),
    ]);
    expect(parseJson(cut)).toMatchObject({ kind: 'ok', value: { output: 'abc\uFFFD[...]' } });
  });

  test('names what is wrong', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseJson(nested(json_depth_max))).toMatchObject({ kind: 'ok' });
    expect(parseJson(nested(json_depth_max + 1))).toMatchObject({ problem: 'json.too_deep' });
    expect(parseJson('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))).toMatchObject({
      problem: 'json.too_deep',
    });
    expect(parseJson('  ')).toMatchObject({ problem: 'json.empty' });
    expect(parseJson('{"a":')).toMatchObject({ problem: 'json.syntax' });
    expect(parseJson(Buffer.alloc(8 * 1024 * 1024 + 1, 32))).toMatchObject({ problem: 'json.too_large' });
    expect(parseEmbedded('not json')).toBeUndefined();
  });

  test('agrees with the slow exact parser on any JSON', () => {
    const digits = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String);
    const decimal = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 10n ** 12n }))
      .map(([whole, fraction]) => `${whole}.${fraction}`);
    const string = fc
      .oneof(
        fc.string(),
        digits,
        fc.constantFrom(':', ',', '[', '"', '\\').chain((c) => digits.map((d) => `${c}${d},`)),
      )
      .map((content) => JSON.stringify(content));
    const scalar = fc.oneof(digits, decimal, string, fc.constantFrom('null', 'true', '1e30', '-0.5'));
    const key = fc.oneof(string, fc.constantFrom('"a"', '"1"', '"\\u0061"', '"x\\"a"', '"evt.time"'));
    const colon = fc.constantFrom(':', ' : ');
    const { node } = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('node'), { maxLength: 4 }).map((items) => `[${items.join(' , ')}]`),
        fc
          .array(fc.tuple(key, colon, tie('node')), { maxLength: 4 })
          .map((members) => `{${members.map((member) => member.join('')).join(',')}}`),
      ),
    }));
    fc.assert(
      fc.property(node, (text) => {
        expect(value(text)).toEqual(slowLossless(text));
        expect(value(Buffer.from(text))).toEqual(slowLossless(text));
      }),
      { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 500) },
    );
  });

  test('never throws on random text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (text) => {
          expect(['ok', 'invalid']).toContain(parseJson(text).kind);
        },
      ),
    );
  });
});
