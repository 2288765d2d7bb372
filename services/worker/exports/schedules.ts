import { hash } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import { askSchema } from '#shared/ledger/export/ask.ts';
import { redactionSchema } from '#shared/ledger/export/redaction.ts';
import type { ExportOrder } from '#shared/ledger/export/request.ts';

const periods = ['previous_day', 'previous_week', 'previous_month', 'all'] as const;

const scheduleSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  /** Minute, hour, day of the month, month, day of the week, in UTC; a sixth field in front is seconds. */
  cron: z.string().regex(/^(?:\S+ ){4,5}\S+$/),
  tenant: z.string().min(1),
  purpose: z.string().min(1).max(256),
  /** Which time the export is about, as of the moment that it is due. */
  period: z.enum(periods).default('all'),
  ask: askSchema.omit({ from: true, until: true }).default({}),
  bodies: z.enum(['none', 'redacted', 'full']).default('none'),
  redaction: redactionSchema.default({ remove: [], pseudonymise: [] }),
});

/** An export that is asked for again and again. */
export type Schedule = z.infer<typeof scheduleSchema>;

const schedules_max = 100;

/** Reads a file of schedules, YAML. @throws BW_CONFIG_INVALID. */
export function parseSchedules(text: string): readonly Schedule[] {
  const { data, error } = z.array(scheduleSchema).max(schedules_max).safeParse(parse(text));
  if (data === undefined)
    throw new BreakwaterError('BW_CONFIG_INVALID', `Export schedules: ${z.prettifyError(error)}`);
  const names = new Set(data.map(({ name }) => name));
  if (names.size === data.length) return data;
  throw new BreakwaterError('BW_CONFIG_INVALID', 'Export schedules: two have the same name');
}

export interface ScheduledOrder {
  /** The same for every try of one run. */
  readonly id: string;
  readonly order: ExportOrder;
}

/** What a schedule asks for in the run that was due at `due_ms`. */
export function orderOf(schedule: Schedule, due_ms: number): ScheduledOrder {
  const { name, tenant, purpose, period, ask, bodies, redaction } = schedule;
  const id = hash('sha256', `schedule\n${name}\n${due_ms}`).slice(0, 16);
  const requester = `service:schedule/${name}`;
  const order = {
    tenant,
    requester,
    purpose,
    ask: { ...ask, ...timesOf(period, due_ms) },
    bodies,
    redaction,
  };
  return { id, order: { ...order, schedule: name } };
}

const day_ms = 24 * 60 * 60 * 1000;

/** Whole days, weeks from Monday and months, in UTC. */
function timesOf(
  period: Schedule['period'],
  due_ms: number,
): { readonly from?: string; readonly until?: string } {
  const due = new Date(due_ms);
  const today_ms = Date.UTC(due.getUTCFullYear(), due.getUTCMonth(), due.getUTCDate());
  const monday_ms = today_ms - ((due.getUTCDay() + 6) % 7) * day_ms;
  const between = (from_ms: number, until_ms: number) => ({
    from: new Date(from_ms).toISOString(),
    until: new Date(until_ms).toISOString(),
  });
  if (period === 'previous_day') return between(today_ms - day_ms, today_ms);
  if (period === 'previous_week') return between(monday_ms - 7 * day_ms, monday_ms);
  if (period === 'previous_month') {
    const first = (months: number): number => Date.UTC(due.getUTCFullYear(), due.getUTCMonth() + months, 1);
    return between(first(-1), first(0));
  }
  return {};
}
