import { z } from 'zod';

/** Laws that ask for reports of incidents. */
export const regimes = ['nis2', 'dora', 'gdpr'] as const;
export type Regime = (typeof regimes)[number];

/** What people say of an incident that starts or stops a clock of a law. */
export const milestones = [
  'aware',
  'classified_major',
  'initial_sent',
  'intermediate_sent',
  'final_sent',
] as const;
export type Milestone = (typeof milestones)[number];

/** `aware` and `classified_major` are of the incident; what is sent is sent under one law. */
export const milestoneSchema = z
  .strictObject({
    milestone: z.enum(milestones),
    regime: z.enum(regimes).optional(),
    at: z.iso.datetime({ offset: true }).optional().describe('When it was; now by default.'),
    note: z.string().max(2_000).optional().describe('For people; it is kept in the encrypted body.'),
  })
  .refine(({ milestone, regime }) => milestone.endsWith('_sent') === (regime !== undefined), {
    error: 'what was sent names its regime; awareness and classification name none',
  });

export type MilestoneOrder = z.infer<typeof milestoneSchema>;
