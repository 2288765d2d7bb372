import type { Entity } from '#shared/event/entity.ts';
import { kindOf } from './entity/kinds.ts';
import type { IncidentModel } from './model.ts';

/** A step of correlation that is worth a leaf of the audit ledger. Machine facts only. */
export interface Step {
  readonly type: `incident.${'opened' | 'split' | 'status' | 'grown' | 'merged' | 'withdrawn'}`;
  /** Event time. */
  readonly time_ns: bigint;
  readonly incident: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** Signals that a step names; the number of all of them stands beside. */
const members_max = 1_000;
const entities_max = 64;

/**
 * Which steps the newly written states of incidents are. Each signal of an incident is named in a step once; after a
 * restart, which forgets what was named, once more.
 */
export class StepBook {
  /** Signals named so far, by incident. */
  readonly #named = new Map<string, Set<string>>();

  /** `before`: the status as it was written last; `from`: the incident that its signals were in before. */
  stepOf(model: IncidentModel, before: string | undefined, from: string | undefined): Step | undefined {
    const wasShown = before !== undefined && before !== 'candidate' && before !== 'merged';
    const isSame = wasShown && before === model.status;
    const members = this.#unnamed(model);
    if (isSame && members.length === 0) return undefined;
    const { id: incident } = model;
    const time_ns = model.members.at(-1)?.signal.time_ns ?? 0n;
    const facts = factsOf(model, members);
    if (isSame) return { type: 'incident.grown', time_ns, incident, facts };
    if (wasShown) return { type: 'incident.status', time_ns, incident, facts: { ...facts, before } };
    if (from !== undefined) return { type: 'incident.split', time_ns, incident, facts: { ...facts, from } };
    return { type: 'incident.opened', time_ns, incident, facts };
  }

  /** An incident that is none any more. */
  forget(incident: string): void {
    this.#named.delete(incident);
  }

  #unnamed({ id, members }: IncidentModel): readonly string[] {
    const named = this.#named.get(id) ?? new Set();
    this.#named.set(id, named);
    const fresh: string[] = [];
    for (const { signal } of members) {
      if (fresh.length < members_max && !named.has(signal.id)) fresh.push(signal.id);
    }
    for (const signal of fresh) named.add(signal);
    return fresh;
  }
}

function factsOf(model: IncidentModel, members: readonly string[]): Record<string, string> {
  const facts = {
    status: model.status,
    score: String(model.verdict.score),
    severity: String(model.verdict.severity),
    opened_because: model.verdict.opened_because?.kind ?? '',
    first_signal: model.members[0]?.signal.id ?? '',
    signals: String(model.members.length),
    members: members.join(' '),
    entities: model.entities.filter(isLasting).slice(0, entities_max).join('\n'),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''));
}

/** Processes and connections are many and gone soon: their containers and pods stand for them. */
function isLasting(entity: Entity): boolean {
  const kind = kindOf(entity);
  return kind !== 'process' && kind !== 'connection';
}
