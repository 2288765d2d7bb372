import { describe, expect, it } from 'vitest';
import { readConfig } from '#shared/config/read.ts';
import { createTokenLookup, roleTokenSetting, tokenSetting } from './tokens.ts';

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

describe('tokens with roles', () => {
  const roles = { holders: roleTokenSetting('TOKENS', 'Who may.', ['reader', 'compliance', 'analyst']) };

  it('give the roles that they name, and the first role where they name none', () => {
    const text = 'soc=0123456789abcdef, carol:compliance+analyst=abcdefghijklmnop=:=';
    expect(readConfig(roles, { TOKENS: text }).holders).toEqual([
      { name: 'soc', token: '0123456789abcdef', roles: ['reader'] },
      { name: 'carol', token: 'abcdefghijklmnop=:=', roles: ['compliance', 'analyst'] },
    ]);
  });

  it.each(['carol:king=0123456789abcdef', 'carol:=0123456789abcdef', 'carol:reader=short'])(
    'refuses %s',
    (text) => {
      expect(() => readConfig(roles, { TOKENS: text })).toThrow(/TOKENS/);
    },
  );
});
