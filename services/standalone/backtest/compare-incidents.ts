import { compareText } from '#shared/sigma/set/rule-set.ts';
import type { FoundIncident, IncidentFields, TimelineRow } from '../report/incidents.ts';
import type { Change } from './compare-signals.ts';

/** One incident that is not the same with both sets of rules. */
export interface IncidentChange {
  readonly change: Change;
  readonly before: IncidentState | undefined;
  readonly after: IncidentState | undefined;
  readonly events_gained: readonly IncidentEvent[];
  readonly events_lost: readonly IncidentEvent[];
  /** Terms of the score that are new, gone, or count differently. */
  readonly reasons: readonly ReasonChange[];
  /** Incidents of the other set that share events with this one, but are compared with another: it was split or merged. */
  readonly shares_events_with: readonly string[];
}

export type IncidentState = Pick<IncidentFields, 'id' | 'title' | 'score' | 'severity' | 'first' | 'last'> & {
  readonly events: number;
  readonly opened_by: string | undefined;
};

export interface IncidentEvent {
  readonly event_id: string;
  readonly time: string;
  readonly summary: string;
}

export interface ReasonChange {
  readonly reason: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

interface Pair {
  readonly before?: FoundIncident | undefined;
  readonly after?: FoundIncident | undefined;
}

/** What changed, the gravest first. Incidents are compared by id, else with the one that shares most events. */
export function compareIncidents(
  before: readonly FoundIncident[],
  after: readonly FoundIncident[],
): readonly IncidentChange[] {
  const shared = sharedEvents(before, after);
  return pairs(before, after, shared)
    .filter((pair) => !isSame(pair))
    .map((pair) => changeOf(pair, shared))
    .sort((a, b) => scoreOf(b) - scoreOf(a) || compareText(idOf(a), idOf(b)));
}

/** Two incidents with events in common. */
interface Shared {
  readonly before: FoundIncident;
  readonly after: FoundIncident;
  readonly events: number;
}

function sharedEvents(before: readonly FoundIncident[], after: readonly FoundIncident[]): readonly Shared[] {
  const holders = new Map<string, FoundIncident[]>();
  for (const incident of after) {
    for (const id of eventsOf(incident).keys()) holders.set(id, [...(holders.get(id) ?? []), incident]);
  }
  const shared = before.flatMap((incident) => {
    const counts = new Map<FoundIncident, number>();
    for (const id of eventsOf(incident).keys())
      for (const other of holders.get(id) ?? []) counts.set(other, (counts.get(other) ?? 0) + 1);
    return [...counts].map(([other, events]) => ({ before: incident, after: other, events }));
  });
  return shared.sort(
    (a, b) =>
      b.events - a.events ||
      compareText(a.before.fields.id, b.before.fields.id) ||
      compareText(a.after.fields.id, b.after.fields.id),
  );
}

function pairs(
  before: readonly FoundIncident[],
  after: readonly FoundIncident[],
  shared: readonly Shared[],
): readonly Pair[] {
  const partners = new Map<FoundIncident, FoundIncident>();
  const taken = new Set<FoundIncident>();
  const join = (one: FoundIncident, other: FoundIncident | undefined): void => {
    if (other === undefined || partners.has(one) || taken.has(other)) return;
    partners.set(one, other);
    taken.add(other);
  };
  const byId = new Map(after.map((incident) => [incident.fields.id, incident]));
  for (const incident of before) join(incident, byId.get(incident.fields.id));
  for (const each of shared) join(each.before, each.after);
  return [
    ...before.map((incident) => ({ before: incident, after: partners.get(incident) })),
    ...after.filter((incident) => !taken.has(incident)).map((incident) => ({ after: incident })),
  ];
}

function isSame({ before, after }: Pair): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

function changeOf({ before, after }: Pair, shared: readonly Shared[]): IncidentChange {
  const old = before === undefined ? new Map<string, TimelineRow>() : eventsOf(before);
  const now = after === undefined ? new Map<string, TimelineRow>() : eventsOf(after);
  return {
    change: before === undefined ? 'appeared' : after === undefined ? 'vanished' : 'changed',
    before: before && stateOf(before),
    after: after && stateOf(after),
    events_gained: missingFrom(old, now),
    events_lost: missingFrom(now, old),
    reasons: reasonsOf(before, after),
    shares_events_with: shared.flatMap((each) => {
      if (each.before === before && each.after !== after) return [each.after.fields.id];
      return each.after === after && each.before !== before ? [each.before.fields.id] : [];
    }),
  };
}

function stateOf({ fields }: FoundIncident): IncidentState {
  const { id, title, score, severity, first, last, events_count, opened_because } = fields;
  return { id, title, score, severity, first, last, events: events_count, opened_by: opened_because?.kind };
}

function eventsOf({ timeline }: FoundIncident): ReadonlyMap<string, TimelineRow> {
  return new Map(timeline.map((row) => [row.event.id, row]));
}

/** Rows of `rows` whose events `others` does not have. */
function missingFrom(
  others: ReadonlyMap<string, TimelineRow>,
  rows: ReadonlyMap<string, TimelineRow>,
): readonly IncidentEvent[] {
  return [...rows]
    .filter(([id]) => !others.has(id))
    .map(([event_id, row]) => ({ event_id, time: row['@timestamp'], summary: row.message }));
}

function reasonsOf(
  before: FoundIncident | undefined,
  after: FoundIncident | undefined,
): readonly ReasonChange[] {
  const old = pointsOf(before);
  const now = pointsOf(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((reason) => ({ reason, before: old.get(reason), after: now.get(reason) }))
    .filter((reason) => reason.before !== reason.after)
    .sort((a, b) => weightOf(b) - weightOf(a) || compareText(a.reason, b.reason));
}

function weightOf({ before = 0, after = 0 }: ReasonChange): number {
  return Math.abs(after - before);
}

/** Terms of a score that carry no title. */
const termTitles: Readonly<Record<string, string>> = {
  tactics: 'spread over tactics',
  families: 'seen by several families of tools',
  benign: 'known to be benign',
  limit: 'beyond 100',
};

/** Points by reason; a reason that counts for several entities is summed. */
function pointsOf(incident: FoundIncident | undefined): ReadonlyMap<string, number> {
  const points = new Map<string, number>();
  for (const term of incident?.fields.score_terms ?? []) {
    const reason = term.title ?? term.name?.replaceAll('_', ' ') ?? termTitles[term.term] ?? term.term;
    points.set(reason, Math.round(((points.get(reason) ?? 0) + term.points) * 100) / 100);
  }
  return points;
}

function scoreOf({ before, after }: IncidentChange): number {
  return Math.max(before?.score ?? 0, after?.score ?? 0);
}

function idOf({ before, after }: IncidentChange): string {
  return (before ?? after)?.id ?? '';
}
