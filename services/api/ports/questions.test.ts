import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createQuestions } from './questions.ts';

const token = 'a-token-of-some-length';
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A correlator that gives one answer, to whoever has the token. */
async function correlator(status: number, body: unknown): Promise<string> {
  const server = createServer((request, response) => {
    const isAllowed = request.headers.authorization === `Bearer ${token}`;
    const asked = { asked: request.url };
    response.writeHead(isAllowed ? status : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(typeof body === 'object' ? { ...asked, ...body } : body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const side = { asked: 'x', kind: 'signal' };
const answer = { together: false, text: ['They are not in one incident:'], a: side, b: side };

it('asks one correlator after the other until one knows', async () => {
  const urls = [await correlator(404, {}), await correlator(200, answer)];
  expect(await createQuestions(urls, token).whyNot('a b', 'c')).toMatchObject({
    ...answer,
    asked: '/why-not?a=a+b&b=c',
  });
  expect(await createQuestions(urls.slice(0, 1), token).whyNot('a', 'b')).toBeUndefined();
});

it('says that nobody can be asked', async () => {
  const unavailable = expect.objectContaining({ code: 'BW_QUESTIONS_UNAVAILABLE' });
  for (const [urls, given] of [
    [[], undefined],
    [['http://127.0.0.1:1'], token],
    [[await correlator(500, {})], token],
    [[await correlator(200, { together: 'perhaps' })], token],
    [[await correlator(200, answer)], 'another-token-of-some-length'],
  ] as const) {
    await expect(createQuestions(urls, given).whyNot('a', 'b')).rejects.toEqual(unavailable);
  }
});
