import { z } from 'zod';
import { BreakwaterError, messageOf } from '#shared/errors/error.ts';

/** A correlator that is silent for so long counts as gone. */
const answer_ms_max = 10_000;

/** Why two things are not one incident, as the correlator says it; times and durations are nanoseconds, as text. */
export type WhyNot = Readonly<z.infer<typeof whyNotShape>>;

const sideShape = z.looseObject({ asked: z.string(), kind: z.string() });

export const whyNotShape = z.looseObject({
  together: z.boolean(),
  text: z.array(z.string()),
  a: sideShape,
  b: sideShape,
});

/** Asks the correlators, which alone keep the state that answers. */
export interface Questions {
  /**
   * Undefined when no correlator knows either.
   * @throws BW_QUESTIONS_UNAVAILABLE
   */
  whyNot(a: string, b: string): Promise<WhyNot | undefined>;
}

/** Asks all correlators of a list until one knows; without a token nobody is asked. */
export function createQuestions(urls: readonly string[], token: string | undefined): Questions {
  return {
    whyNot: async (a, b) => {
      if (token === undefined)
        throw new BreakwaterError('BW_QUESTIONS_UNAVAILABLE', 'there is no token for questions');
      for (const url of urls) {
        const asked = new URL('/why-not', url);
        asked.search = new URLSearchParams({ a, b }).toString();
        const found = await ask(asked, token);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

async function ask(url: URL, token: string): Promise<WhyNot | undefined> {
  const unavailable = (reason: string, cause?: unknown): BreakwaterError =>
    new BreakwaterError(
      'BW_QUESTIONS_UNAVAILABLE',
      `the correlator at ${url.origin} does not answer: ${reason}`,
      {},
      cause,
    );
  let response: Response;
  try {
    const signal = AbortSignal.timeout(answer_ms_max);
    response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal });
  } catch (error) {
    throw unavailable(messageOf(error), error);
  }
  if (response.status === 404) return undefined;
  const read = whyNotShape.safeParse(response.ok ? await response.json() : undefined);
  if (!read.success) throw unavailable(`status ${response.status}`);
  return read.data;
}
