import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity } from '#shared/event/entity.ts';
import { severityOf } from '#shared/event/severity.ts';
import { formatTime } from '#shared/event/time.ts';
import type { Reason } from '../link/reason.ts';
import type { ContextEntry, IncidentModel, Member } from '../model.ts';
import type { DocumentBounds } from '../parameters.ts';
import { cut } from './display.ts';
import { whyOf } from './incident.ts';

/** One event of one incident, before it is rendered. */
export interface TimelineRow {
  /** The event's id; of context, which may belong to several incidents, with the incident's id behind it. */
  readonly id: string;
  /** What the row is made of; exactly one of both is not empty. */
  readonly members: readonly Member[];
  readonly context: readonly ContextEntry[];
}

/** The rows of an incident: one for each event of its members, and one for each event of its context that is no member. */
export function timelineRows(model: IncidentModel): readonly TimelineRow[] {
  const told = (id: string): boolean => !model.told_elsewhere.has(id);
  const members = grouped(model.members.filter(({ signal }) => told(signal.event.id)));
  const context = grouped(
    model.context.filter(({ signal }) => told(signal.event.id) && !members.has(signal.event.id)),
  );
  return [
    ...[...members].map(([id, some]) => ({ id, members: some, context: [] })),
    ...[...context].map(([id, some]) => ({ id: `${id}~${model.id}`, members: [], context: some })),
  ];
}

function grouped<Of extends { readonly signal: Signal }>(
  all: readonly Of[],
): ReadonlyMap<string, readonly Of[]> {
  const groups = new Map<string, Of[]>();
  for (const one of all) {
    const known = groups.get(one.signal.event.id);
    if (known === undefined) groups.set(one.signal.event.id, [one]);
    else known.push(one);
  }
  return groups;
}

/** The row as JSON text: the event told by the strongest of its signals. */
export function rowDocument(model: IncidentModel, row: TimelineRow, bounds: DocumentBounds): string {
  return row.members.length > 0
    ? memberRow(model, row.members, bounds)
    : contextRow(model, row.context, bounds);
}

/** Whether two rows of one incident say the same, so that the second need not be rendered. */
export function isSameRow(a: TimelineRow, b: TimelineRow): boolean {
  return (
    a.members.length === b.members.length &&
    a.context.length === b.context.length &&
    a.members.every((member, at) => isSameMember(member, b.members[at])) &&
    a.context.every((entry, at) => isSameEntry(entry, b.context[at]))
  );
}

function isSameMember(a: Member, b: Member | undefined): boolean {
  return (
    b !== undefined && a.signal === b.signal && a.entities === b.entities && isSameReason(a.reason, b.reason)
  );
}

function isSameReason(a: Reason, b: Reason): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.with !== b.with || a.entity !== b.entity) return false;
  return a.facts.length === b.facts.length && a.facts.every((fact, at) => fact === b.facts[at]);
}

function isSameEntry(a: ContextEntry, b: ContextEntry | undefined): boolean {
  return b !== undefined && a.signal === b.signal && a.why === b.why && a.entity === b.entity;
}

function memberRow(model: IncidentModel, members: readonly Member[], bounds: DocumentBounds): string {
  const ranked = [...members].sort((a, b) => rank(b) - rank(a));
  const [told] = ranked;
  if (told === undefined) throw new TypeError('an event without signals');
  // That another rule judges the same event does not say why the event belongs.
  const { reason } = ranked.find((member) => member.reason.kind !== 'event') ?? told;
  return render(
    model,
    told.signal,
    members.map(({ signal }) => signal),
    [...new Set(members.flatMap(({ entities }) => entities))],
    whyOf(reason),
    bounds,
  );
}

/** What an event was itself is told before what it was the last part of; then the strongest signal. */
function rank({ signal }: Member): number {
  const itself = signal.rule.origin === 'correlation' ? 0 : 10_000;
  return itself + signal.score + (signal.class === 'bridge' ? 1000 : 0);
}

function contextRow(model: IncidentModel, entries: readonly ContextEntry[], bounds: DocumentBounds): string {
  const [told] = entries;
  if (told === undefined) throw new TypeError('an event without signals');
  const why = {
    link: 'context',
    with: undefined,
    entity: told.entity,
    facts: undefined,
    relevance: told.why,
  };
  return render(
    model,
    told.signal,
    entries.map(({ signal }) => signal),
    entries.map(({ entity }) => entity),
    why,
    bounds,
  );
}

function render(
  model: IncidentModel,
  told: Signal,
  signals: readonly Signal[],
  entities: readonly Entity[],
  why: object,
  bounds: DocumentBounds,
): string {
  const tactics = [...new Set(signals.flatMap((signal) => signal.tactics))];
  return JSON.stringify({
    '@timestamp': formatTime(told.time_ns),
    message: cut(told.summary, bounds.text_length_max),
    event: {
      id: told.event.id,
      hash: told.event.hash,
      dataset: told.event.dataset,
      kind: 'alert',
      severity: severityOf(told.rule.level),
    },
    rule: { id: told.rule.id, name: told.rule.title },
    threat: tactics.length === 0 ? undefined : { framework: 'MITRE ATT&CK', tactic: { name: tactics } },
    incident: { id: model.id, scope: model.scope },
    breakwater: {
      scope: model.scope,
      family: told.family,
      class: told.class,
      level: told.rule.level,
      rules: signals.map(({ rule }) => rule.id),
      signals: signals.map(({ id }) => id),
      why,
      entities: [...new Set(entities)].slice(0, bounds.entities_per_kind_max),
    },
  });
}
