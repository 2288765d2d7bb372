import { z } from 'zod';
import type { Setting } from './setting.ts';

/** The correlator answers questions about its state to whoever has this; the API asks with it. */
export const questionsToken: Setting<string | undefined> = {
  variable: 'BREAKWATER_QUESTIONS_TOKEN',
  schema: z.string().min(16).optional(),
  description:
    'With this token the API asks the correlator why things are not one incident (default: nobody can).',
  secret: true,
};
