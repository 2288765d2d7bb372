import { expect, it } from 'vitest';
import { describe, missingTokens } from './up.ts';

it('makes only the tokens that the environment does not have', () => {
  expect(missingTokens({ BREAKWATER_API_TOKENS: 'ann=given' })).toEqual({
    BREAKWATER_QUESTIONS_TOKEN: expect.stringMatching(/^[\w-]{24}$/),
    BREAKWATER_GATEWAY_TOKENS: expect.stringMatching(/^default=[\w-]{24}$/),
  });
});

it('shows the tokens that were made here, and none that was given', () => {
  const environment = { BREAKWATER_API_TOKENS: 'ann=given' };
  const made = { BREAKWATER_GATEWAY_TOKENS: 'default=made' };
  const text = describe(environment, made, { REDIS_URL: 'redis://:secret@127.0.0.1:6379' }, undefined);
  expect(text).toContain('Bearer made');
  expect(text).toContain('Bearer <a token of BREAKWATER_API_TOKENS>');
  expect(text).not.toMatch(/given|secret/);
});
