import { type Affected, heirsOf, neighboursOf } from './affected.ts';
import { attachmentOf } from './assemble/attach.ts';
import { componentsOf, type Ground } from './assemble/components.ts';
import { linkKindOf } from './entity/kinds.ts';
import type { DecisionBook } from './intake/decisions.ts';
import { keysOf } from './link/habits.ts';
import type { Live } from './live.ts';
import { between, byTime, toNs } from './order.ts';
import type { Parameters } from './parameters.ts';
import { type Population, roleOf } from './population.ts';
import type { Component, EventAttachment, PartState } from './state.ts';

/**
 * Which signals belong together: components of bridge signals, and what attached to them. Kept up to date by
 * computing anew the components that a batch touched.
 */
export class Assembly {
  readonly #population: Population;
  readonly #decisions: DecisionBook;
  readonly #parameters: Parameters;
  readonly #ground: Ground;
  /** The part of each bridge signal. */
  readonly #partOf = new Map<string, PartState>();
  /** By event without bridge signals. */
  readonly #attachments = new Map<string, EventAttachment>();
  /** Events attached to each bridge signal. */
  readonly #attached = new Map<string, Set<string>>();

  constructor(population: Population, decisions: DecisionBook, parameters: Parameters) {
    this.#population = population;
    this.#decisions = decisions;
    this.#parameters = parameters;
    const historyOf: Ground['historyOf'] = (entity) => population.historyOf(entity);
    this.#ground = { historyOf, decisions, parameters };
  }

  /** The part that holds a bridge signal. */
  partOf(bridge_id: string): PartState | undefined {
    return this.#partOf.get(bridge_id);
  }

  /** The part that a signal belongs to or would join, whatever its class. */
  partHolding(live: Live): PartState | undefined {
    const own = this.#partOf.get(live.id);
    if (own !== undefined) return own;
    const [bridge] = this.#population.event(live.signal.event.id)?.bridges ?? [];
    const attachment = this.#attachments.get(live.signal.event.id)?.attachment;
    const to = bridge ?? attachment?.bridge;
    return to === undefined ? undefined : this.#partOf.get(to.id);
  }

  attachmentOfEvent(event_id: string): EventAttachment | undefined {
    return this.#attachments.get(event_id);
  }

  /** Events without bridge signals that are attached to a bridge signal. */
  attachedTo(bridge_id: string): Iterable<string> {
    return this.#attached.get(bridge_id) ?? [];
  }

  parts(): Iterable<PartState> {
    return new Set(this.#partOf.values());
  }

  /** Notes what a signal's coming or going touches; called before the population changes. */
  watch(live: Live, affected: Affected): void {
    const role = roleOf(live);
    this.#touchShown(live, affected);
    if (role === 'context' || role === 'suppressed') return;
    affected.events.add(live.signal.event.id);
    for (const id of live.signal.parts) this.#touchEventOf(id, affected);
    if (role !== 'bridge') return;
    for (const { entity, kind } of live.roles) {
      // A move that leads to somebody counts among their others, too.
      const own = kind === 'move' ? (linkKindOf(entity) ?? kind) : kind;
      affected.watch(this.#population.historyOf(entity), own, live, this.#parameters);
    }
    const component = this.#partOf.get(live.id)?.component;
    if (component !== undefined) affected.components.add(component);
  }

  #touchEventOf(id: string, affected: Affected): void {
    const live = this.#population.get(id);
    if (live !== undefined) affected.events.add(live.signal.event.id);
  }

  /** Notes attach signals that a bridge signal may draw or lose, and those that it shows to be a habit of a workload, or of all. */
  touchNear(live: Live, affected: Affected): void {
    const { attach, skew_ms } = this.#parameters;
    const reach_ns = toNs(attach.gap_ms + skew_ms);
    if (roleOf(live) === 'bridge') {
      for (const { entity } of live.roles) {
        const { attaching } = this.#population.historyOf(entity);
        for (const near of between(attaching, live.time_ns - reach_ns, live.time_ns + reach_ns)) {
          affected.events.add(near.signal.event.id);
        }
      }
    }
    const lookback_ns = toNs(attach.habit_lookback_ms);
    for (const habit of keysOf(live)) {
      const same = this.#population.habits.of(habit);
      for (const later of between(same, live.time_ns + 1n, live.time_ns + lookback_ns)) {
        this.#touchShown(later, affected);
      }
    }
  }

  /** Notes the incidents that tell of a signal: of a context signal those about anything that it names. */
  #touchShown(live: Live, affected: Affected): void {
    const part = this.partHolding(live);
    if (part !== undefined) affected.parts.add(part);
    if (roleOf(live) === 'context') for (const entity of live.entities) affected.described.add(entity);
  }

  /** Computes anew what is affected. Returns the parts that are no more; new ones are among the affected. */
  settle(affected: Affected): readonly PartState[] {
    this.#spread(affected);
    const gone = this.#divideAnew(affected);
    for (const event of affected.events) this.#attachAnew(event, affected);
    for (const part of gone) affected.parts.delete(part);
    return gone;
  }

  /** Finds the components that changes reach. */
  #spread(affected: Affected): void {
    const { components } = affected;
    const reach = (live: Live | undefined): void => {
      const component = live === undefined ? undefined : this.#partOf.get(live.id)?.component;
      if (component !== undefined) components.add(component);
    };
    for (const live of affected.fresh) {
      for (const role of live.roles) {
        const history = this.#population.historyOf(role.entity);
        for (const other of neighboursOf(live, role, history, this.#parameters)) reach(other);
      }
      for (const other of this.#population.event(live.signal.event.id)?.bridges ?? []) reach(other);
      for (const other of this.#population.firingsOf(live.id)) reach(other);
      for (const part of live.signal.parts) reach(this.#population.get(part));
    }
    for (const live of affected.former) {
      for (const role of live.roles) {
        const history = this.#population.historyOf(role.entity);
        for (const other of heirsOf(live, role, history, this.#parameters)) reach(other);
      }
    }
    for (const { bridges, attaching } of affected.shifted(this.#parameters)) {
      for (const live of bridges) reach(live);
      for (const live of attaching) affected.events.add(live.signal.event.id);
    }
    this.#spreadOverMerges(affected);
  }

  /** What a person merged is divided together. */
  #spreadOverMerges(affected: Affected): void {
    const isIn = (live: Live): boolean => {
      const component = this.#partOf.get(live.id)?.component;
      return affected.fresh.has(live) || (component !== undefined && affected.components.has(component));
    };
    for (let grown = true; grown; ) {
      grown = false;
      for (const { incident, into } of this.#decisions.merges()) {
        const [a, b] = [this.#population.seedOf(incident), this.#population.seedOf(into)];
        if (a === undefined || b === undefined || isIn(a) === isIn(b)) continue;
        const component = this.#partOf.get(isIn(a) ? b.id : a.id)?.component;
        if (component === undefined) continue;
        affected.components.add(component);
        grown = true;
      }
    }
  }

  #divideAnew(affected: Affected): readonly PartState[] {
    const signals = new Set(affected.fresh);
    const gone: PartState[] = [];
    for (const component of affected.components) {
      for (const part of component.parts) {
        gone.push(part);
        for (const { id } of part.part.bridges) {
          this.#partOf.delete(id);
          const live = this.#population.get(id);
          if (live !== undefined && roleOf(live) === 'bridge') signals.add(live);
        }
      }
    }
    for (const parts of componentsOf([...signals].sort(byTime), this.#ground)) {
      const states: PartState[] = [];
      const component: Component = { parts: states };
      for (const part of parts) {
        const id = part.bridges[0]?.incident_id ?? '';
        const state: PartState = { id, part, component, open: false, used: new Set() };
        states.push(state);
        affected.parts.add(state);
        for (const bridge of part.bridges) this.#partOf.set(bridge.id, state);
      }
    }
    return gone;
  }

  /** Finds where the attach signals of an event belong; both the old and the new place have to be described anew. */
  #attachAnew(event_id: string, affected: Affected): void {
    const known = this.#attachments.get(event_id);
    const event = this.#population.event(event_id);
    const now =
      event === undefined || event.bridges.length > 0 ? undefined : this.#strongest(event.attaching);
    for (const { attachment } of [known, now].filter((one) => one !== undefined)) {
      const part = this.#partOf.get(attachment.bridge.id);
      if (part !== undefined) affected.parts.add(part);
    }
    const [bridge] = event?.bridges ?? [];
    const part = bridge === undefined ? undefined : this.#partOf.get(bridge.id);
    if (part !== undefined) affected.parts.add(part);
    if (known !== undefined) this.#detach(event_id, known.attachment.bridge.id);
    if (now !== undefined) this.#attach(event_id, now);
  }

  #strongest(attaching: readonly Live[]): EventAttachment | undefined {
    let best: EventAttachment | undefined;
    for (const by of attaching) {
      const attachment = attachmentOf(by, this.#population.firingsOf(by.id), this.#ground);
      if (attachment === undefined) continue;
      const { rank, apart_ns, bridge } = attachment;
      const known = best?.attachment;
      const isBetter =
        known === undefined ||
        rank < known.rank ||
        (rank === known.rank &&
          (apart_ns < known.apart_ns || (apart_ns === known.apart_ns && bridge.id < known.bridge.id)));
      if (isBetter) best = { attachment, by };
    }
    return best;
  }

  #attach(event_id: string, attachment: EventAttachment): void {
    this.#attachments.set(event_id, attachment);
    const { id } = attachment.attachment.bridge;
    const known = this.#attached.get(id);
    if (known === undefined) this.#attached.set(id, new Set([event_id]));
    else known.add(event_id);
  }

  #detach(event_id: string, bridge_id: string): void {
    this.#attachments.delete(event_id);
    const known = this.#attached.get(bridge_id);
    known?.delete(event_id);
    if (known?.size === 0) this.#attached.delete(bridge_id);
  }

  /** Forgets a component whose signals are let go of. */
  release(component: Component): void {
    for (const { part } of component.parts) {
      for (const { id } of part.bridges) {
        this.#partOf.delete(id);
        const events = Array.from(this.attachedTo(id));
        for (const event of events) this.#detach(event, id);
      }
    }
  }
}
