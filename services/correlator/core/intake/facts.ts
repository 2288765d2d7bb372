import type { Fact, Relation } from '#shared/avro/types.generated.ts';
import { type Entity, isEntity } from '#shared/event/entity.ts';

/** A statement as all facts that make it say it together. */
export interface Statement {
  readonly a: Entity;
  readonly relation: Relation;
  readonly b: Entity;
  readonly from_ns: bigint;
  /** Exclusive; null while not known to have ended. */
  readonly to_ns: bigint | null;
  readonly confidence: number;
  /** How documents name it: `ip:10.0.0.7 is pod:4f…`. */
  readonly text: string;
}

const none: ReadonlyMap<string, Statement> = new Map();

/** What is known of identities: statements by both of their ends. Independent of the order in which facts come. */
export class FactBook {
  readonly #from = new Map<Entity, Map<string, Statement>>();
  readonly #to = new Map<Entity, Map<string, Statement>>();
  #size = 0;

  /** Statements held. */
  get size(): number {
    return this.#size;
  }

  /** Adds a fact. Returns the merged statement, or undefined when it says nothing new (or names no entities). */
  add(fact: Pick<Fact, 'a' | 'relation' | 'b' | 'from_ns' | 'to_ns' | 'confidence'>): Statement | undefined {
    const { a, b, relation } = fact;
    if (!isEntity(a) || !isEntity(b)) return undefined;
    const text = `${a} ${relation} ${b}`;
    const known = this.#from.get(a)?.get(text);
    const merged = known === undefined ? { ...pick(fact), a, relation, b, text } : merge(known, fact);
    if (merged === known) return undefined;
    if (known === undefined) this.#size += 1;
    put(this.#from, a, merged);
    put(this.#to, b, merged);
    return merged;
  }

  /** Whether anything is said about `a`. */
  knows(a: Entity): boolean {
    return this.#from.has(a);
  }

  /** Statements about `a`, in no particular order. */
  from(a: Entity): Iterable<Statement> {
    return (this.#from.get(a) ?? none).values();
  }

  /** Statements that lead to `b`, in no particular order. */
  to(b: Entity): Iterable<Statement> {
    return (this.#to.get(b) ?? none).values();
  }

  /** Every statement. */
  *all(): Iterable<Statement> {
    for (const statements of this.#from.values()) yield* statements.values();
  }

  /** Lets go of a statement. */
  remove(statement: Statement): void {
    drop(this.#from, statement.a, statement.text);
    drop(this.#to, statement.b, statement.text);
    this.#size -= 1;
  }
}

function pick(
  fact: Pick<Fact, 'from_ns' | 'to_ns' | 'confidence'>,
): Pick<Statement, 'from_ns' | 'to_ns' | 'confidence'> {
  return { from_ns: fact.from_ns, to_ns: fact.to_ns, confidence: fact.confidence };
}

/** Earliest from, earliest known to, highest confidence; the same object when nothing changes. */
function merge(known: Statement, fact: Pick<Fact, 'from_ns' | 'to_ns' | 'confidence'>): Statement {
  const from_ns = fact.from_ns < known.from_ns ? fact.from_ns : known.from_ns;
  const to_ns = earliestKnown(known.to_ns, fact.to_ns);
  const confidence = Math.max(known.confidence, fact.confidence);
  if (from_ns === known.from_ns && to_ns === known.to_ns && confidence === known.confidence) return known;
  return { ...known, from_ns, to_ns, confidence };
}

function earliestKnown(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null) return b;
  if (b === null) return a;
  return a < b ? a : b;
}

function put(index: Map<Entity, Map<string, Statement>>, key: Entity, statement: Statement): void {
  const statements = index.get(key);
  if (statements === undefined) index.set(key, new Map([[statement.text, statement]]));
  else statements.set(statement.text, statement);
}

function drop(index: Map<Entity, Map<string, Statement>>, key: Entity, text: string): void {
  const statements = index.get(key);
  if (statements === undefined) return;
  statements.delete(text);
  if (statements.size === 0) index.delete(key);
}
