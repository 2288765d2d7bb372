import type { Decision } from '#shared/avro/types.generated.ts';
import { parseTime } from '#shared/event/time.ts';
import { byTime, compareText, toNs } from '../order.ts';
import type { Live } from '../live.ts';
import type { Parameters } from '../parameters.ts';

/**
 * What a suppression leaves out: signals of a rule, about an entity, within an interval. With `change` they stay, and count
 * as part of that approved change.
 */
export interface Suppression {
  readonly decision: Decision;
  readonly rule: string | undefined;
  readonly entity: string | undefined;
  /** Name of the approved change. */
  readonly change: string | undefined;
  readonly from_ns: bigint;
  /** Exclusive. */
  readonly to_ns: bigint;
}

/** Two incidents that a person joined. */
export interface Merge {
  readonly incident: string;
  readonly into: string;
}

/** A suppression that does not say when it expires lasts this long. */
const suppression_ms = 24 * 60 * 60 * 1000;

/** Decisions of a scope, each id once: of several versions the smallest by time, then by text, counts. */
export class DecisionBook {
  readonly #byId = new Map<string, Decision>();
  readonly #byIncident = new Map<string, Decision[]>();
  #suppressions: readonly Suppression[] = [];
  readonly #merges = new Map<string, Merge>();

  /** Adds a decision. Returns the one that it replaces; false when nothing changes. */
  add(decision: Decision): Decision | undefined | false {
    const known = this.#byId.get(decision.id);
    if (known !== undefined && compareVersions(known, decision) <= 0) return false;
    if (known !== undefined) this.remove(known);
    this.#byId.set(decision.id, decision);
    const list = this.#byIncident.get(decision.incident) ?? [];
    this.#byIncident.set(decision.incident, [...list, decision].sort(byTime));
    const into = decision.arguments['into'];
    if (decision.action === 'merge' && into !== undefined) {
      this.#merges.set(decision.id, { incident: decision.incident, into });
    }
    const suppression = suppressionOf(decision);
    if (suppression !== undefined) {
      this.#suppressions = [...this.#suppressions, suppression].sort((a, b) =>
        byTime(a.decision, b.decision),
      );
    }
    return known;
  }

  remove(decision: Decision): void {
    this.#byId.delete(decision.id);
    this.#merges.delete(decision.id);
    const rest = this.about(decision.incident).filter(({ id }) => id !== decision.id);
    if (rest.length === 0) this.#byIncident.delete(decision.incident);
    else this.#byIncident.set(decision.incident, rest);
    this.#suppressions = this.#suppressions.filter((each) => each.decision.id !== decision.id);
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): Iterable<Decision> {
    return this.#byId.values();
  }

  /** Decisions that name an incident, in the order of `byTime`. */
  about(incident: string): readonly Decision[] {
    return this.#byIncident.get(incident) ?? [];
  }

  /** Incidents that were joined. */
  merges(): Iterable<Merge> {
    return this.#merges.values();
  }

  /** The first decision that suppresses a signal. */
  suppressing(live: Judgeable): string | undefined {
    return this.#suppressions.find((each) => each.change === undefined && covers(each, live))?.decision.id;
  }

  /** The first decision by which a signal is part of an approved change. */
  approving(live: Judgeable): string | undefined {
    return this.#suppressions.find((each) => each.change !== undefined && covers(each, live))?.decision.id;
  }

  /** Lets go of decisions of before `before_ns`, unless `isNeeded`. */
  forget(before_ns: bigint, isNeeded: (decision: Decision) => boolean, parameters: Parameters): void {
    const limit_ns = before_ns - toNs(parameters.horizon.decisions_ms);
    const all = Array.from(this.#byId.values());
    for (const decision of all) {
      if (decision.time_ns < limit_ns && !isNeeded(decision)) this.remove(decision);
    }
  }
}

/** Reads `rule`, `entity`, `change`, `from` and `expires` of a suppression; one that names neither rule nor entity is none. */
export function suppressionOf(decision: Decision): Suppression | undefined {
  if (decision.action !== 'suppress') return undefined;
  const { rule, entity, change, from, expires } = decision.arguments;
  if (rule === undefined && entity === undefined) return undefined;
  const from_ns = parseTime(from) ?? decision.time_ns;
  const to_ns = parseTime(expires) ?? from_ns + toNs(suppression_ms);
  return { decision, rule, entity, change, from_ns, to_ns };
}

type Judgeable = Pick<Live, 'signal' | 'time_ns' | 'actors' | 'targets'>;

function covers(
  { rule, entity, from_ns, to_ns }: Suppression,
  { signal, time_ns, actors, targets }: Judgeable,
): boolean {
  if (time_ns < from_ns || time_ns >= to_ns) return false;
  if (rule !== undefined && rule !== signal.rule.id) return false;
  return entity === undefined || [...actors.keys(), ...targets.keys()].some((each) => each === entity);
}

function compareVersions(a: Decision, b: Decision): number {
  if (a.time_ns !== b.time_ns) return a.time_ns < b.time_ns ? -1 : 1;
  return compareText(decisionText(a), decisionText(b));
}

/** The content of a decision as one text. */
export function decisionText(decision: Decision): string {
  return JSON.stringify([
    decision.id,
    String(decision.time_ns),
    decision.actor,
    decision.action,
    decision.incident,
    Object.entries(decision.arguments).sort(([a], [b]) => compareText(a, b)),
    decision.reason,
  ]);
}
