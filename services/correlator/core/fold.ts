import type { Decision, Fact, Signal } from '#shared/avro/types.generated.ts';
import type { Correlations, Shed } from '#shared/sigma/correlation/port.ts';
import { Affected } from './affected.ts';
import { Assembly } from './assembly.ts';
import type { IncidentChange, TimelineChange } from './emission.ts';
import type { Entity } from '#shared/event/entity.ts';
import { kindOf } from './entity/kinds.ts';
import { Horizon } from './horizon.ts';
import { DecisionBook } from './intake/decisions.ts';
import { FactBook } from './intake/facts.ts';
import { Intake } from './intake/intake.ts';
import { shedFacts } from './intake/shed-facts.ts';
import { type Judged, Judgements } from './judgements.ts';
import type { Remembered } from './link/history.ts';
import { mayEverMove, mayMove, rolesOfMove } from './link/moves.ts';
import type { Live } from './live.ts';
import { toNs } from './order.ts';
import type { Parameters } from './parameters.ts';
import { Population, roleOf } from './population.ts';
import { isSameLive, liveOf, movingOf } from './resolve/live-of.ts';
import { Showcase } from './showcase.ts';
import type { PartState } from './state.ts';
import type { Step } from './steps.ts';

/** Inputs of one scope, in any order, any batch, any number of times. */
export interface FoldInputs {
  readonly signals: readonly Signal[];
  readonly facts: readonly Fact[];
  readonly decisions: readonly Decision[];
  /** The latest time that can be true for these records: the broker's, plus a tolerance. Caps the watermark. */
  readonly ceiling_ns: bigint;
}

/** The set of inputs of a scope, and what is remembered of inputs that are gone. */
export interface RestoredInputs extends Omit<FoldInputs, 'ceiling_ns'> {
  readonly firings: readonly Signal[];
  readonly cuts: readonly (readonly [flood_key: string, hashes: readonly string[]])[];
  readonly counts: readonly Remembered[];
  readonly habits: readonly (readonly [habit: string, gone_ns: readonly bigint[]])[];
  readonly watermark_ns: bigint | undefined;
}

/** What a batch changed. */
export interface Changes extends Judged {
  readonly incidents: readonly IncidentChange[];
  readonly timeline: readonly TimelineChange[];
  readonly steps: readonly Step[];
  /** What correlation rules left out. */
  readonly shed: readonly Shed[];
  /** Statements that were let go of because there were too many. */
  readonly facts_shed: number;
}

/** `collapsed`: counted, not kept. `late`: older than the horizon, left out. */
export type SignalOutcome = 'kept' | 'duplicate' | 'collapsed' | 'late';

/**
 * The incidents of one scope as a pure fold: whatever the order, batches or repetitions of its inputs, the documents
 * that stand are those of the set of inputs. No I/O and no clock.
 */
export class ScopeFold {
  readonly scope: string;
  readonly parameters: Parameters;
  readonly facts = new FactBook();
  readonly decisions = new DecisionBook();
  readonly intake: Intake;
  readonly population: Population;
  readonly assembly: Assembly;
  readonly showcase: Showcase;
  readonly horizon: Horizon;
  readonly #correlations: Correlations;
  /** Firings that recalled signals brought about, by id; undefined: withdrawn. */
  readonly #recalled = new Map<string, Recalled | undefined>();
  readonly #judgements = new Judgements();
  #affected = new Affected();
  /** Times of signals that are counted, not kept, by id: an earlier run may have kept them, and shown. */
  readonly #dropped = new Map<string, bigint>();
  #shed: Shed[] = [];
  #facts_shed = 0;
  #holding = false;
  #resyncs = false;

  constructor(scope: string, parameters: Parameters, correlations: Correlations) {
    this.scope = scope;
    this.parameters = parameters;
    this.intake = new Intake(parameters);
    this.population = new Population(parameters);
    this.assembly = new Assembly(this.population, this.decisions, parameters);
    this.showcase = new Showcase(scope, this, this.facts);
    this.horizon = new Horizon(this);
    this.#correlations = correlations;
  }

  /** Takes a batch and shows what it changed. */
  apply(inputs: FoldInputs): Changes & { readonly outcomes: readonly SignalOutcome[] } {
    const outcomes = this.take(inputs);
    return { ...this.show(), outcomes };
  }

  /**
   * Takes a batch without working out what it means yet, so that the work of several batches can be done at once. Throws
   * nothing for any content of the inputs.
   */
  take({ signals, facts, decisions, ceiling_ns }: FoldInputs): readonly SignalOutcome[] {
    const stale = new Set<string>();
    for (const decision of decisions) this.#takeDecision(decision, stale);
    for (const fact of facts) this.#takeFact(fact, stale);
    this.#shedFacts(stale);
    const outcomes = signals.map((signal) => this.#takeSignal(signal, stale));
    const inTime = signals.filter((_, at) => outcomes[at] !== 'late');
    this.recall(inTime, ceiling_ns);
    this.#takeFirings(stale);
    this.#refreshAll(stale);
    this.horizon.advance(signals, ceiling_ns);
    return outcomes;
  }

  /** Joins what was taken since the last call. Returns what has to be written. */
  show(): Changes {
    const affected = this.#affected;
    this.#affected = new Affected();
    this.showcase.update(affected.parts, this.#settle(affected));
    for (const [id, time_ns] of this.#dropped) this.showcase.retireDropped(id, time_ns);
    this.#dropped.clear();
    if (this.#resyncs) this.showcase.retireAdopted((first_ns) => this.horizon.isLate(first_ns));
    this.#resyncs = false;
    this.horizon.letGo();
    const shed = this.#shed;
    this.#shed = [];
    const facts_shed = this.#facts_shed;
    this.#facts_shed = 0;
    const steps = this.showcase.takeSteps();
    return { ...this.showcase.registry.take(), ...this.#judgements.take(), steps, shed, facts_shed };
  }

  /** While held, firings stay as they are: the correlation rules have not seen all recalled signals yet. */
  holdFirings(hold: boolean): void {
    this.#holding = hold;
  }

  /**
   * Shows signals to the correlation rules only, where a checkpoint did not hold their state. They were taken before;
   * what fires counts from the next `take` on.
   */
  recall(signals: readonly Signal[], ceiling_ns: bigint): void {
    if (signals.length === 0) return;
    const { fired, parts, withdrawn, shed = [] } = this.#correlations.add(signals, ceiling_ns);
    this.#shed.push(...shed);
    for (const id of withdrawn) this.#recalled.set(id, undefined);
    for (const firing of fired) this.#recalled.set(firing.id, { firing, parts: parts.get(firing.id) ?? [] });
  }

  /**
   * Gives up firings that the correlation rules do not repeat when they are shown their signals again: the rules may be
   * others by now. What is older than the horizon stays, as signals do.
   */
  doubtFirings(firings: readonly Signal[]): void {
    for (const { id, time_ns } of firings) {
      if (!this.horizon.isLate(time_ns)) this.#recalled.set(id, undefined);
    }
  }

  /** What the correlation rules remember, as text; `numberOf` keeps the signals that are part of it. */
  saveCorrelations(numberOf: (signal: Signal) => number): string {
    return this.#correlations.save(numberOf);
  }

  /** Takes a saved state into an empty fold. The next `show` tells what is not as it was last written. */
  restore(saved: RestoredInputs): void {
    for (const decision of saved.decisions) this.decisions.add(decision);
    for (const fact of saved.facts) this.facts.add(fact);
    for (const signal of saved.signals) this.intake.accept(signal);
    for (const [flood_key, hashes] of saved.cuts) this.intake.restoreCut(flood_key, hashes);
    for (const firing of saved.firings) this.intake.acceptFiring(firing);
    this.#refreshAll(new Set([...saved.signals, ...saved.firings].map(({ id }) => id)));
    // Whoever saved it has told of it.
    this.#judgements.take();
    for (const counts of saved.counts) this.population.known(counts.entity)?.remember(counts);
    for (const [habit, gone_ns] of saved.habits) this.population.habits.remember(habit, gone_ns);
    // What was taken for the first of its kind may not have been.
    const doubtful = [...this.population.lives.values()].filter(mayEverMove);
    this.#refreshAll(new Set(doubtful.map(({ id }) => id)));
    this.horizon.restore(saved.watermark_ns);
    // What is taken before the next look may change what was written: it has to be known.
    const affected = this.#affected;
    this.#affected = new Affected();
    this.assembly.settle(affected);
    for (const part of affected.parts) this.#affected.parts.add(part);
  }

  /** Lets everything that is shown be written again; for the moment when a restart has caught up. */
  resync(): void {
    this.#resyncs = true;
    this.showcase.registry.forgetDigests();
    for (const part of this.assembly.parts()) this.#affected.parts.add(part);
    // Of what led somewhere once, and leads nowhere now, another run may have told an incident.
    for (const { id, time_ns } of this.population.lives.values()) this.#dropped.set(id, time_ns);
  }

  /** Candidates and incidents that live. */
  counts(): { readonly signals: number; readonly open: number; readonly candidates: number } {
    let open = 0;
    let candidates = 0;
    for (const part of this.assembly.parts()) {
      if (part.open) open += 1;
      else candidates += 1;
    }
    return { signals: this.population.lives.size, open, candidates };
  }

  #takeDecision(decision: Decision, stale: Set<string>): void {
    const replaced = this.decisions.add(decision);
    if (replaced === false) return;
    for (const each of replaced === undefined ? [decision] : [replaced, decision]) {
      if (each.action === 'suppress') this.#touchSuppressed(each, stale);
      for (const incident of [each.incident, each.arguments['into']]) {
        const seed = incident === undefined ? undefined : this.population.seedOf(incident);
        const component = seed === undefined ? undefined : this.assembly.partOf(seed.id)?.component;
        if (component !== undefined) this.#affected.components.add(component);
      }
    }
  }

  /** A suppression reaches the signals about its entity, or all when it names none. */
  #touchSuppressed({ arguments: { entity, rule } }: Decision, stale: Set<string>): void {
    for (const live of this.population.lives.values()) {
      const about = entity === undefined || this.population.visits(live, entity);
      if (about && (rule === undefined || live.signal.rule.id === rule)) stale.add(live.id);
    }
  }

  #takeFact(fact: Fact, stale: Set<string>): void {
    const statement = this.facts.add(fact);
    if (statement === undefined) return;
    const { a, relation, b } = statement;
    for (const { id } of this.population.known(a)?.visitors ?? []) stale.add(id);
    // Found from their other end: the session that spawned a process, other digests of an image, a pod's name.
    if (relation === 'spawned' || (relation === 'is' && kindOf(b) === 'image')) {
      for (const { id } of this.population.known(b)?.visitors ?? []) stale.add(id);
    }
    if (relation === 'is' && kindOf(a) === 'pod_name') this.#affected.described.add(b);
  }

  /** What signals went past is resolved anew without it. */
  #shedFacts(stale: Set<string>): void {
    const isUsed = (entity: Entity): boolean => this.population.known(entity) !== undefined;
    for (const { a, relation, b } of shedFacts(this.facts, isUsed, this.parameters.facts)) {
      this.#facts_shed += 1;
      if (relation === 'is' && kindOf(a) === 'pod_name') this.#affected.described.add(b);
      for (const entity of [a, b])
        for (const { id } of this.population.known(entity)?.visitors ?? []) stale.add(id);
    }
  }

  #takeSignal(signal: Signal, stale: Set<string>): SignalOutcome {
    if (this.horizon.isLate(signal.time_ns)) return 'late';
    const accepted = this.intake.accept(signal);
    if (accepted.kind === 'duplicate') return 'duplicate';
    this.#affected.floods.add(accepted.flood_key);
    for (const id of accepted.changed) stale.add(id);
    const { dropped } = accepted;
    if (dropped !== undefined && this.showcase.registry.adopts)
      this.#dropped.set(dropped.id, dropped.time_ns);
    return accepted.kind;
  }

  #takeFirings(stale: Set<string>): void {
    if (this.#holding) return;
    for (const [id, recalled] of this.#recalled) {
      const former = this.intake.get(id);
      const changed =
        recalled === undefined ? this.intake.withdrawFiring(id) : this.intake.acceptFiring(recalled.firing);
      if (!changed) continue;
      stale.add(id);
      const { firing = former, parts = [] } = recalled ?? {};
      if (firing !== undefined) this.#judgements.noteFiring(firing, parts, recalled !== undefined);
    }
    this.#recalled.clear();
  }

  /** Resolves signals anew, and those that move because of them, or no longer. */
  #refreshAll(stale: Set<string>): void {
    for (const id of stale) {
      stale.delete(id);
      this.#refresh(id, stale);
    }
  }

  /** Resolves a signal anew, and puts it in the place of what it was. */
  #refresh(id: string, stale: Set<string>): void {
    const affected = this.#affected;
    const before = this.population.get(id);
    const signal = this.intake.get(id);
    const now = signal === undefined ? undefined : this.#resolve(signal);
    if (before !== undefined && now !== undefined && isSameLive(before, now)) return;
    if (before !== undefined) {
      this.assembly.watch(before, affected);
      this.population.remove(before, false);
      this.assembly.touchNear(before, affected);
      affected.fresh.delete(before);
      if (roleOf(before) === 'bridge') affected.former.add(before);
      for (const other of mayMove(before, this.population, this.parameters)) stale.add(other.id);
    }
    if (now === undefined) return;
    this.#judgements.noteSuppression(before, now);
    this.assembly.watch(now, affected);
    this.population.add(now);
    this.assembly.touchNear(now, affected);
    this.horizon.expect(now);
    if (roleOf(now) === 'bridge') affected.fresh.add(now);
    for (const other of mayMove(now, this.population, this.parameters)) stale.add(other.id);
  }

  #resolve(signal: Signal): Live {
    const live = liveOf(signal, this.facts, this.decisions, this.parameters);
    const roles = rolesOfMove(live, this.population, this.parameters);
    return roles === undefined ? live : movingOf(live, roles);
  }

  /** Brings components up to date, and finds what else has to be described anew. Returns the parts that are no more. */
  #settle(affected: Affected): readonly PartState[] {
    const gone = this.assembly.settle(affected);
    for (const entity of affected.described) {
      for (const live of this.population.known(entity)?.visitors ?? []) this.#redescribe(live.id, affected);
    }
    for (const flood_key of affected.floods) {
      if (this.intake.isCut(flood_key)) {
        for (const id of this.intake.keptOf(flood_key)) this.#redescribe(id, affected);
      }
    }
    return gone;
  }

  #redescribe(id: string, affected: Affected): void {
    const live = this.population.get(id);
    const part = live === undefined ? undefined : this.assembly.partHolding(live);
    if (part !== undefined) affected.parts.add(part);
  }
}

/** A firing, and the signals that it names. */
interface Recalled {
  readonly firing: Signal;
  readonly parts: readonly Signal[];
}

/** How far beyond the broker's clock an event time may be and still move the watermark. */
export const ceiling_tolerance_ns = toNs(15 * 60 * 1000);
