import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity } from '#shared/event/entity.ts';
import { severityOf } from '#shared/event/severity.ts';
import { formatTime } from '#shared/event/time.ts';
import type { ContextEntry, IncidentModel, Member } from '../model.ts';
import type { DocumentBounds } from '../parameters.ts';
import { cut } from './display.ts';
import { whyOf } from './incident.ts';

/** One event of one incident. */
export interface TimelineRow {
  /** The event's id; of context, which may belong to several incidents, with the incident's id behind it. */
  readonly id: string;
  readonly document: string;
}

/**
 * The rows of an incident: one for each event of its members, told by the strongest of the event's signals, and one for
 * each event of its context that is no member.
 */
export function timelineRows(model: IncidentModel, bounds: DocumentBounds): readonly TimelineRow[] {
  const events = new Map<string, Member[]>();
  for (const member of model.members) {
    if (model.told_elsewhere.has(member.signal.event.id)) continue;
    const known = events.get(member.signal.event.id);
    if (known === undefined) events.set(member.signal.event.id, [member]);
    else known.push(member);
  }
  const rows = [...events].map(([id, members]) => ({ id, document: memberRow(model, members, bounds) }));
  const context = new Map<string, ContextEntry[]>();
  for (const entry of model.context) {
    const { id } = entry.signal.event;
    if (events.has(id) || model.told_elsewhere.has(id)) continue;
    const known = context.get(id);
    if (known === undefined) context.set(id, [entry]);
    else known.push(entry);
  }
  for (const [id, entries] of context) {
    rows.push({ id: `${id}~${model.id}`, document: contextRow(model, entries, bounds) });
  }
  return rows;
}

function memberRow(model: IncidentModel, members: readonly Member[], bounds: DocumentBounds): string {
  const [told] = [...members].sort((a, b) => rank(b) - rank(a));
  if (told === undefined) throw new TypeError('an event without signals');
  return rowDocument(
    model,
    told.signal,
    members.map(({ signal }) => signal),
    [...new Set(members.flatMap(({ entities }) => entities))],
    whyOf(told.reason),
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
  return rowDocument(
    model,
    told.signal,
    entries.map(({ signal }) => signal),
    entries.map(({ entity }) => entity),
    why,
    bounds,
  );
}

function rowDocument(
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
