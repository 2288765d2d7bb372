import type { Milestone, Regime } from './milestones.ts';

/** A time, and the leaf that it is from. */
export interface Recorded {
  readonly time_ms: number;
  /** `<log>/<index>`. */
  readonly leaf: string;
}

/** What was recorded of an incident, as clocks need it. */
export interface RecordedTimes {
  /** When somebody said that the organisation became aware of it. */
  readonly aware: Recorded | undefined;
  readonly classified_major: Recorded | undefined;
  /** What was sent under each law; of several, the first initial and final one, and the last intermediate one. */
  readonly sent: Readonly<Partial<Record<Regime, Readonly<Partial<Record<Milestone, Recorded>>>>>>;
}

/** One duty to report, and how it stands. */
export interface Clock {
  readonly regime: Regime;
  readonly duty: string;
  readonly rule: string;
  /** What started the clock; empty while it has not. */
  readonly started_by: readonly string[];
  /** ISO 8601; undefined while it cannot be told. */
  readonly due: string | undefined;
  readonly done: string | undefined;
  readonly done_by: string | undefined;
  /** `unknown`: what starts the clock is not recorded. */
  readonly state: 'unknown' | 'running' | 'overdue' | 'met' | 'late';
}

const hour_ms = 60 * 60 * 1000;

/** The reporting clocks of NIS2 (article 23), DORA (RTS 2025/301) and the GDPR (article 33), as of a time. */
export function clocksOf(times: RecordedTimes, as_of_ms: number): Clock[] {
  const { aware, classified_major, sent } = times;
  const of = (regime: Regime, milestone: Milestone): Recorded | undefined => sent[regime]?.[milestone];
  const clock = (
    regime: Regime,
    duty: string,
    rule: string,
    start: Start | undefined,
    done?: Recorded,
  ): Clock => ({
    regime,
    duty,
    rule,
    started_by: start?.by ?? [],
    due: start && new Date(start.due_ms).toISOString(),
    done: done && new Date(done.time_ms).toISOString(),
    done_by: done?.leaf,
    state: stateOf(start?.due_ms, done?.time_ms, as_of_ms),
  });
  return [
    clock(
      'nis2',
      'early warning',
      '24 hours after becoming aware',
      after(aware, 24 * hour_ms),
      of('nis2', 'initial_sent'),
    ),
    clock(
      'nis2',
      'incident notification',
      '72 hours after becoming aware',
      after(aware, 72 * hour_ms),
      of('nis2', 'intermediate_sent'),
    ),
    clock(
      'nis2',
      'final report',
      'one month after the incident notification',
      aMonthAfter(of('nis2', 'intermediate_sent')),
      of('nis2', 'final_sent'),
    ),
    clock(
      'dora',
      'initial notification',
      '4 hours after classification as major, and 24 hours after becoming aware; when classified later than that, 4 hours after classification',
      initialOfDora(aware, classified_major),
      of('dora', 'initial_sent'),
    ),
    clock(
      'dora',
      'intermediate report',
      '72 hours after the initial notification',
      after(of('dora', 'initial_sent'), 72 * hour_ms),
      of('dora', 'intermediate_sent'),
    ),
    clock(
      'dora',
      'final report',
      'one month after the latest intermediate report',
      aMonthAfter(of('dora', 'intermediate_sent')),
      of('dora', 'final_sent'),
    ),
    clock(
      'gdpr',
      'notification of a personal data breach',
      '72 hours after becoming aware',
      after(aware, 72 * hour_ms),
      of('gdpr', 'initial_sent'),
    ),
  ];
}

interface Start {
  readonly due_ms: number;
  /** The leaves that the clock was started by. */
  readonly by: readonly string[];
}

function after(start: Recorded | undefined, allowed_ms: number): Start | undefined {
  return start && { due_ms: start.time_ms + allowed_ms, by: [start.leaf] };
}

function aMonthAfter(start: Recorded | undefined): Start | undefined {
  return start && { due_ms: addMonth(start.time_ms), by: [start.leaf] };
}

/** Without a classification there is no duty yet; without awareness the classification alone counts. */
function initialOfDora(aware: Recorded | undefined, classified: Recorded | undefined): Start | undefined {
  if (classified === undefined) return undefined;
  const by_classification_ms = classified.time_ms + 4 * hour_ms;
  if (aware === undefined) return { due_ms: by_classification_ms, by: [classified.leaf] };
  const by_awareness_ms = aware.time_ms + 24 * hour_ms;
  const isLate = classified.time_ms > by_awareness_ms;
  const due_ms = isLate ? by_classification_ms : Math.min(by_classification_ms, by_awareness_ms);
  return { due_ms, by: [aware.leaf, classified.leaf] };
}

/** The same day and time of the next month in UTC; its last day when it has no such day. */
function addMonth(time_ms: number): number {
  const next = new Date(time_ms);
  const day = next.getUTCDate();
  next.setUTCDate(1);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const days = new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 0)).getUTCDate();
  next.setUTCDate(Math.min(day, days));
  return next.getTime();
}

function stateOf(due_ms: number | undefined, done_ms: number | undefined, as_of_ms: number): Clock['state'] {
  if (due_ms === undefined) return 'unknown';
  if (done_ms !== undefined) return done_ms <= due_ms ? 'met' : 'late';
  return as_of_ms < due_ms ? 'running' : 'overdue';
}
