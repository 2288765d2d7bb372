import { expect, it } from 'vitest';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { ScopeFold } from './core/fold.ts';
import { defaultParameters } from './core/parameters.ts';
import { createQuestionServer } from './questions.ts';
import { shellSignal } from './testing/signal.ts';
import { worldScope } from './testing/world-scope.ts';

const token = 'a-token-of-some-length';

function server() {
  const fold = new ScopeFold(worldScope, defaultParameters, noCorrelations);
  const signals = [0, 120].map((minutes, at) =>
    shellSignal(`s${at + 1}`, minutes, { actors: ['ip:10.0.0.1'] }),
  );
  fold.apply({ signals, facts: [], decisions: [], ceiling_ns: 2n ** 62n });
  return createQuestionServer(token, () => [fold]);
}

const headers = { authorization: `Bearer ${token}` };

it('says why two signals are apart, as text and as data', async () => {
  const answer = await server().inject({ url: '/why-not?a=s1&b=s2', headers });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    together: false,
    text: expect.arrayContaining(['  - ip 10.0.0.1: 2 h apart, more than the 1 min that it links over']),
    meetings: [{ entity: 'ip:10.0.0.1', meeting: { kind: 'apart', apart_ns: '7200000000000' } }],
  });
});

it.each([
  ['/why-not?a=s1&b=s2', {}, 401],
  ['/why-not?a=x&b=y', headers, 404],
  ['/why-not?a=s1', headers, 400],
] as const)('%s with %j: %i', async (url, given, status) => {
  expect((await server().inject({ url, headers: given })).statusCode).toBe(status);
});
