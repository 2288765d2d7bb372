import { z } from 'zod';
import type { Setting } from '#shared/config/setting.ts';

export const knownExploited: Setting<string | undefined> = {
  variable: 'BREAKWATER_KNOWN_EXPLOITED',
  schema: z.string().optional(),
  description:
    "File of CISA's known exploited vulnerabilities (JSON); without it a short built-in list is used.",
};
