import type { Entity } from '#shared/event/entity.ts';
import type { Live } from './live.ts';
import { Habits } from './link/habits.ts';
import { EntityHistory, insert, remove } from './link/history.ts';
import type { Parameters } from './parameters.ts';
import { describedBy, otherSidesOf } from './resolve/roles.ts';

/** Signals of one event. */
export interface EventSignals {
  /** Bridge signals, in the order of `byTime`. */
  readonly bridges: Live[];
  /** Attach signals, in the order of `byTime`. */
  readonly attaching: Live[];
}

/** How a signal takes part now. */
export function roleOf(live: Live): 'bridge' | 'attach' | 'context' | 'suppressed' {
  if (live.suppressed_by !== undefined) return 'suppressed';
  return live.moves ? 'bridge' : live.signal.class;
}

/** The signals that live, indexed by id, entity, event and habit. */
export class Population {
  readonly lives = new Map<string, Live>();
  readonly habits: Habits;
  readonly #histories = new Map<Entity, EntityHistory>();
  readonly #events = new Map<string, EventSignals>();
  /** Ids of correlation firings by the id of each of their parts. */
  readonly #firings = new Map<string, Set<string>>();
  /** Ids of bridge signals by the id of the incident that begins with them. */
  readonly #seeds = new Map<string, string>();

  constructor(parameters: Parameters) {
    this.habits = new Habits(parameters);
  }

  get(id: string): Live | undefined {
    return this.lives.get(id);
  }

  /** The history of an entity, begun when there is none. */
  historyOf(entity: Entity): EntityHistory {
    const known = this.#histories.get(entity);
    if (known !== undefined) return known;
    const history = new EntityHistory(entity);
    this.#histories.set(entity, history);
    return history;
  }

  /** The history of an entity, if it has one. */
  known(entity: Entity): EntityHistory | undefined {
    return this.#histories.get(entity);
  }

  /** Whether a signal names or was resolved to an entity. */
  visits({ entities }: Live, entity: string): boolean {
    return entities.some((each) => each === entity);
  }

  histories(): Iterable<EntityHistory> {
    return this.#histories.values();
  }

  event(id: string): EventSignals | undefined {
    return this.#events.get(id);
  }

  /** The bridge signal that gives an incident its id. */
  seedOf(incident_id: string): Live | undefined {
    const id = this.#seeds.get(incident_id);
    return id === undefined ? undefined : this.lives.get(id);
  }

  /** Living bridge signals that name a signal as their part. */
  firingsOf(id: string): readonly Live[] {
    return [...(this.#firings.get(id) ?? [])].flatMap((firing) => {
      const live = this.lives.get(firing);
      return live !== undefined && roleOf(live) === 'bridge' ? [live] : [];
    });
  }

  add(live: Live): void {
    this.lives.set(live.id, live);
    for (const entity of live.entities) this.historyOf(entity).visitors.add(live);
    const role = roleOf(live);
    if (role === 'suppressed') return;
    this.habits.add(live);
    if (role === 'context') {
      for (const entity of describedBy(live)) this.historyOf(entity).contexts.add(live);
      return;
    }
    if (role === 'bridge') this.#seeds.set(live.incident_id, live.id);
    this.#addToEvent(live, role);
    for (const part of live.signal.parts) this.#addFiring(part, live.id);
    for (const { entity, kind, actor, source, sink } of live.roles) {
      const history = this.historyOf(entity);
      if (role === 'attach') {
        insert(history.attaching, live);
        continue;
      }
      history.count(live, otherSidesOf(entity, live.actors, live.targets));
      if (actor) insert(history.actors, live);
      if (source) insert(kind === 'move' ? history.moves : history.sources, live);
      if (sink) insert(history.sinks, live);
    }
  }

  /** `evicted`: it can change nothing any more, but what it changed stays. */
  remove(live: Live, evicted: boolean): void {
    this.lives.delete(live.id);
    const role = roleOf(live);
    if (role !== 'suppressed') this.habits.remove(live, evicted);
    if (role === 'bridge') this.#seeds.delete(live.incident_id);
    if (role === 'bridge' || role === 'attach') {
      this.#removeFromEvent(live, role);
      for (const part of live.signal.parts) this.#removeFiring(part, live.id);
      for (const { entity } of live.roles) this.#removeFromHistory(live, role, entity, evicted);
    }
    for (const entity of live.entities) {
      const history = this.historyOf(entity);
      history.visitors.delete(live);
      history.contexts.delete(live);
      if (history.empty) this.#histories.delete(entity);
    }
  }

  #removeFromHistory(live: Live, role: 'bridge' | 'attach', entity: Entity, evicted: boolean): void {
    const history = this.historyOf(entity);
    if (role === 'attach') {
      remove(history.attaching, live);
      return;
    }
    history.uncount(live, otherSidesOf(entity, live.actors, live.targets), evicted);
    for (const list of [history.actors, history.sources, history.sinks, history.moves]) remove(list, live);
  }

  #addToEvent(live: Live, role: 'bridge' | 'attach'): void {
    const { id } = live.signal.event;
    const event = this.#events.get(id) ?? { bridges: [], attaching: [] };
    insert(role === 'bridge' ? event.bridges : event.attaching, live);
    this.#events.set(id, event);
  }

  #removeFromEvent(live: Live, role: 'bridge' | 'attach'): void {
    const { id } = live.signal.event;
    const event = this.#events.get(id);
    if (event === undefined) return;
    remove(role === 'bridge' ? event.bridges : event.attaching, live);
    if (event.bridges.length + event.attaching.length === 0) this.#events.delete(id);
  }

  #addFiring(part: string, firing: string): void {
    const known = this.#firings.get(part);
    if (known === undefined) this.#firings.set(part, new Set([firing]));
    else known.add(firing);
  }

  #removeFiring(part: string, firing: string): void {
    const known = this.#firings.get(part);
    known?.delete(firing);
    if (known?.size === 0) this.#firings.delete(part);
  }
}
