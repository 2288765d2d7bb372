import type { Statement } from './signals.ts';

/** Statements remembered; about 300 bytes each. When full, all are forgotten and told again. */
const statements_max = 100_000;
/** A statement is told again after this time, so that a correlator that starts anew hears it. */
const retell_ms = 10 * 60 * 1000;

interface Told {
  readonly from_ns: bigint;
  readonly to_ns: bigint | null;
  readonly confidence: number;
  readonly told_ms: number;
}

/**
 * Sensors repeat with every event whose container, pod and image it was. This leaves out a fact that adds nothing to
 * one told lately: facts of one statement merge to the earliest start, the earliest known end and the highest
 * confidence. To be asked only for facts that will be written for certain.
 */
export class ToldFacts {
  readonly #told = new Map<string, Told>();

  /** Whether the fact has to be told; remembers that it was. `now_ms` is the time of its record. */
  isNews(fact: Statement, now_ms: number): boolean {
    const key = `${fact.scope}\u0000${fact.a}\u0000${fact.relation}\u0000${fact.b}`;
    const known = this.#told.get(key);
    if (known !== undefined && now_ms - known.told_ms < retell_ms && adds(known, fact) === false)
      return false;
    if (this.#told.size >= statements_max) this.#told.clear();
    const { from_ns, to_ns, confidence } = fact;
    this.#told.set(key, { from_ns, to_ns, confidence, told_ms: now_ms });
    return true;
  }
}

function adds(known: Told, fact: Statement): boolean {
  if (fact.from_ns < known.from_ns || fact.confidence > known.confidence) return true;
  if (fact.to_ns === null) return false;
  return known.to_ns === null || fact.to_ns < known.to_ns;
}
