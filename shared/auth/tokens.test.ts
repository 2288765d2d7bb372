import { describe, expect, it } from 'vitest';
import { readConfig } from '#shared/config/read.ts';
import { createTokenLookup, tokenSetting } from './tokens.ts';

const settings = { holders: tokenSetting('TOKENS', 'Who may.') };

describe('tokens', () => {
  it('are read as name=token pairs; a token may hold equal signs', () => {
    const { holders } = readConfig(settings, { TOKENS: 'soc=0123456789abcdef, acme/eu1=abcdefghijklmnop==' });
    expect(holders).toEqual([
      { name: 'soc', token: '0123456789abcdef' },
      { name: 'acme/eu1', token: 'abcdefghijklmnop==' },
    ]);
  });

  it.each([undefined, '', 'soc', 'soc=short', '=0123456789abcdef'])('refuses %s', (text) => {
    expect(() => readConfig(settings, { TOKENS: text })).toThrow(/TOKENS/);
  });

  it('are found by an exact bearer header alone', () => {
    const find = createTokenLookup([{ name: 'soc', token: '0123456789abcdef' }]);
    expect(find('Bearer 0123456789abcdef')?.name).toBe('soc');
    expect(find('bearer  0123456789abcdef ')?.name).toBe('soc');
    for (const header of [
      undefined,
      '',
      '0123456789abcdef',
      'Basic 0123456789abcdef',
      'Bearer 0123456789abcdeF',
    ]) {
      expect(find(header)).toBeUndefined();
    }
  });
});
