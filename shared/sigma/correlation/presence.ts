import { fits } from '../compile/condition.ts';
import type { Condition } from '../rule/model.ts';
import type { Definition } from './definition.ts';
import type { Aggregate } from './window-aggregate.ts';

/** Whether a condition over sources holds, given which of them are there. */
export type SourceCondition = (isThere: (source: number) => boolean) => boolean;

/** Counts the sources that are in the window, or evaluates the condition in words over them. */
export function createPresenceCheck(
  definition: Definition,
  within: (value: number) => boolean,
): () => Aggregate {
  const { rule, sources } = definition;
  const condition = rule.condition && sourceCondition(rule.condition, definition);
  return () => {
    const counts = createSourceCounts(sources.size);
    return {
      add: (hit) => counts.add(definition.sourceOf(hit)),
      remove: (hit) => counts.remove(definition.sourceOf(hit)),
      holds: () => (condition === undefined ? within(counts.distinct()) : condition(counts.isThere)),
    };
  };
}

/** How many hits of each source are in a window. */
export function createSourceCounts(size: number) {
  const counts = new Int32Array(size);
  let distinct = 0;
  return {
    add(source: number): void {
      const before = counts[source] ?? 0;
      counts[source] = before + 1;
      if (before === 0) distinct += 1;
    },
    remove(source: number): void {
      const left = (counts[source] ?? 0) - 1;
      counts[source] = left;
      if (left === 0) distinct -= 1;
    },
    distinct: (): number => distinct,
    isThere: (source: number): boolean => (counts[source] ?? 0) > 0,
  };
}

/** Compiles a condition in words. */
export function sourceCondition(condition: Condition, definition: Definition): SourceCondition {
  switch (condition.kind) {
    case 'identifier': {
      const source = definition.numberOf(condition.name);
      return (isThere) => isThere(source);
    }
    case 'not': {
      const term = sourceCondition(condition.term, definition);
      return (isThere) => !term(isThere);
    }
    case 'and': {
      const terms = condition.terms.map((term) => sourceCondition(term, definition));
      return (isThere) => terms.every((term) => term(isThere));
    }
    case 'or': {
      const terms = condition.terms.map((term) => sourceCondition(term, definition));
      return (isThere) => terms.some((term) => term(isThere));
    }
    case 'of': {
      const names = definition.references.filter((name) => fits(name, condition.pattern));
      const numbers = names.map((name) => definition.numberOf(name));
      const count = condition.count === 'all' ? numbers.length : condition.count;
      return (isThere) => numbers.filter(isThere).length >= count;
    }
  }
}
