import type { Entity } from '#shared/event/entity.ts';
import { kindOf } from './entity/kinds.ts';
import type { IncidentModel } from './model.ts';

/** A step of correlation that is worth a leaf of the audit ledger. Machine facts only. */
export interface Step {
  readonly type: `incident.${'opened' | 'split' | 'status' | 'merged' | 'withdrawn'}`;
  /** Event time. */
  readonly time_ns: bigint;
  readonly incident: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** Signals that a step names; the number of all of them stands beside. */
const members_max = 1_000;
const entities_max = 64;

/** Processes and connections are many and gone soon: their containers and pods stand for them. */
function isLasting(entity: Entity): boolean {
  const kind = kindOf(entity);
  return kind !== 'process' && kind !== 'connection';
}

/** The step that a newly written state of an incident is; `from`: the incident that its signals were in before. */
export function stepOf(
  model: IncidentModel,
  before: string | undefined,
  from: string | undefined,
): Step | undefined {
  const wasShown = before !== undefined && before !== 'candidate' && before !== 'merged';
  if (wasShown && before === model.status) return undefined;
  const facts = {
    status: model.status,
    score: String(model.verdict.score),
    severity: String(model.verdict.severity),
    opened_because: model.verdict.opened_because?.kind ?? '',
    first_signal: model.members[0]?.signal.id ?? '',
    signals: String(model.members.length),
    members: model.members
      .slice(0, members_max)
      .map(({ signal }) => signal.id)
      .join(' '),
    entities: model.entities.filter(isLasting).slice(0, entities_max).join('\n'),
  };
  const time_ns = model.members.at(-1)?.signal.time_ns ?? 0n;
  const { id: incident } = model;
  if (wasShown) return { type: 'incident.status', time_ns, incident, facts: { ...facts, before } };
  if (from !== undefined) return { type: 'incident.split', time_ns, incident, facts: { ...facts, from } };
  return { type: 'incident.opened', time_ns, incident, facts };
}
