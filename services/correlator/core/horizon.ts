import type { Signal } from '#shared/avro/types.generated.ts';
import type { Assembly } from './assembly.ts';
import type { DecisionBook } from './intake/decisions.ts';
import type { FactBook } from './intake/facts.ts';
import type { Intake } from './intake/intake.ts';
import type { Live } from './live.ts';
import { limitsOf } from './limits.ts';
import { bucketOf, toNs } from './order.ts';
import type { Parameters } from './parameters.ts';
import type { Population } from './population.ts';
import type { Showcase } from './showcase.ts';
import type { Component } from './state.ts';

/** What the horizon lets go of. */
export interface Held {
  readonly parameters: Parameters;
  readonly facts: FactBook;
  readonly decisions: DecisionBook;
  readonly intake: Intake;
  readonly population: Population;
  readonly assembly: Assembly;
  readonly showcase: Showcase;
}

/**
 * How far back state reaches. The watermark is the latest event time seen, capped against clocks that run ahead. A
 * signal older than the watermark less the lateness is late. What no signal that is not late can change any more is let
 * go of: whole components at once, so that what was written about them stays true.
 */
export class Horizon {
  readonly #held: Held;
  readonly #lateness_ns: bigint;
  readonly #step_ns: bigint;
  /** No signal further back than this from one that is not late can matter to it. */
  readonly #memory_ns: bigint;
  /** Ids of signals by the step of time in which their keeping is looked at. */
  readonly #expected = new Map<number, Set<string>>();
  #watermark_ns: bigint | undefined;
  #looked_at = Number.NEGATIVE_INFINITY;

  constructor(held: Held) {
    this.#held = held;
    const { horizon, attach, context } = held.parameters;
    this.#lateness_ns = toNs(horizon.lateness_ms);
    this.#step_ns = toNs(horizon.step_ms);
    const others_ns = toNs(Math.max(attach.habit_lookback_ms, context.lookback_ms));
    const { reach_ns } = limitsOf(held.parameters);
    this.#memory_ns = (reach_ns > others_ns ? reach_ns : others_ns) + this.#step_ns;
  }

  /** Latest event time seen, capped; undefined before the first signal. */
  get watermark_ns(): bigint | undefined {
    return this.#watermark_ns;
  }

  isLate(time_ns: bigint): boolean {
    return this.#watermark_ns !== undefined && time_ns < this.#watermark_ns - this.#lateness_ns;
  }

  /** Notes that a signal lives. */
  expect(live: Live): void {
    this.#expectAt(live.id, bucketOf(live.time_ns, this.#step_ns));
  }

  #expectAt(id: string, step: number): void {
    const known = this.#expected.get(step);
    if (known === undefined) this.#expected.set(step, new Set([id]));
    else known.add(id);
  }

  /** Moves the watermark by what was seen. */
  advance(signals: readonly Signal[], ceiling_ns: bigint): void {
    for (const { time_ns } of signals) {
      if (time_ns > ceiling_ns) continue;
      if (this.#watermark_ns === undefined || time_ns > this.#watermark_ns) this.#watermark_ns = time_ns;
    }
  }

  /** Takes the watermark back from a checkpoint. */
  restore(watermark_ns: bigint | undefined): void {
    this.#watermark_ns = watermark_ns;
  }

  /** Lets go of what no signal that is not late can change; all that was taken must have been joined. */
  letGo(): void {
    if (this.#watermark_ns === undefined) return;
    const keep_ns = this.#watermark_ns - this.#lateness_ns - this.#memory_ns;
    const until = bucketOf(keep_ns, this.#step_ns);
    if (until <= this.#looked_at) return;
    this.#looked_at = until;
    const due = this.#takeDue(until);
    const alone = due.filter((live) => !this.#staysWithComponent(live, keep_ns, until));
    const pinned = alone.length === 0 ? new Set<string>() : this.#pinned();
    for (const live of alone) {
      if (pinned.has(live.id)) this.#expectAt(live.id, until);
      else if (this.#held.population.get(live.id) === live) this.#forget(live);
    }
    this.#letGoOfFacts(keep_ns);
    const { decisions, population, parameters } = this.#held;
    decisions.forget(
      this.#watermark_ns,
      ({ incident }) => population.seedOf(incident) !== undefined,
      parameters,
    );
  }

  /** Living signals of all steps before `until`. */
  #takeDue(until: number): readonly Live[] {
    const due: Live[] = [];
    for (const [step, ids] of this.#expected) {
      if (step >= until) continue;
      this.#expected.delete(step);
      for (const id of ids) {
        const live = this.#held.population.get(id);
        if (live !== undefined && bucketOf(live.time_ns, this.#step_ns) < until) due.push(live);
      }
    }
    return due;
  }

  #componentOf(id: string): Component | undefined {
    const live = this.#held.population.get(id);
    return live === undefined ? undefined : this.#held.assembly.partHolding(live)?.component;
  }

  /** A component goes when its last signal is behind the horizon; until then all that belongs to it stays. */
  #staysWithComponent({ id }: Live, keep_ns: bigint, until: number): boolean {
    for (let component = this.#componentOf(id); component !== undefined; component = this.#componentOf(id)) {
      const last_ns = lastOf(component);
      if (last_ns < keep_ns) this.#release(component);
      else {
        // Looked at again once the component as it is now has aged.
        this.#expectAt(id, Math.max(until, bucketOf(last_ns, this.#step_ns)));
        return true;
      }
    }
    return false;
  }

  /** Context that living incidents use. */
  #pinned(): ReadonlySet<string> {
    const pinned = new Set<string>();
    for (const part of this.#held.assembly.parts()) for (const id of part.used) pinned.add(id);
    return pinned;
  }

  /** Lets go of a component with everything that joined it. */
  #release(component: Component): void {
    const { population, assembly, showcase } = this.#held;
    const members: Live[] = [];
    for (const { part } of component.parts) {
      for (const bridge of part.bridges) {
        const live = population.get(bridge.id);
        if (live !== undefined) members.push(live);
        members.push(...(population.event(bridge.signal.event.id)?.attaching ?? []));
        for (const event of assembly.attachedTo(bridge.id)) {
          members.push(...(population.event(event)?.attaching ?? []));
        }
        showcase.release(bridge.incident_id);
      }
    }
    assembly.release(component);
    for (const live of new Set(members)) this.#forget(live);
  }

  #forget(live: Live): void {
    this.#held.population.remove(live, true);
    this.#held.intake.forget(live.id);
  }

  /** Statements that ended before the horizon and that no living signal went past. */
  #letGoOfFacts(keep_ns: bigint): void {
    const { facts, population } = this.#held;
    for (const statement of facts.all()) {
      const { a, b, to_ns } = statement;
      if (to_ns === null || to_ns >= keep_ns) continue;
      if (population.known(a) === undefined && population.known(b) === undefined) facts.remove(statement);
    }
  }
}

function lastOf(component: Component): bigint {
  let last_ns: bigint | undefined;
  for (const { part } of component.parts) {
    const time_ns = part.bridges.at(-1)?.time_ns;
    if (time_ns !== undefined && (last_ns === undefined || time_ns > last_ns)) last_ns = time_ns;
  }
  return last_ns ?? 0n;
}
