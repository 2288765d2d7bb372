import type { EcsDocument } from '#shared/event/ecs.ts';

/** Leaves of one document; further ones are left out. Twice what the largest audit events have. */
export const fields_max = 2_000;
/** Nesting inside a document; Elasticsearch refuses `flattened` fields deeper than 20. */
export const depth_max = 16;
/** Characters of a key; longer ones are left out. */
export const key_length_max = 512;
/** Characters of a value; longer ones are cut. Lucene refuses terms over 32,766 bytes. */
export const value_length_max = 8_191;
/** Items of a list; further ones are left out. */
export const array_length_max = 512;
/** Characters of `event.original`; a longer one is left out, its hash and its place in Kafka remain. */
export const original_length_max = 256 * 1024;

type Limit = 'fields' | 'depth' | 'key_length' | 'value_length' | 'array_length' | 'original_length';

/** A document within the limits, and which limits cut it (in alphabetical order; none: undefined). */
export interface Limited {
  readonly document: EcsDocument;
  readonly truncated: readonly string[] | undefined;
}

/**
 * Cuts a document to the limits, so that one record can't explode the index, and repairs lone surrogates, which
 * Elasticsearch refuses. Empty texts are left out: they are no values. What is within the limits comes back as it is, unchanged and uncopied.
 */
export function limitDocument(document: EcsDocument): Limited {
  const limiter = new Limiter();
  const limited: EcsDocument = limiter.object(document, 0);
  const truncated = limiter.exceeded.size === 0 ? undefined : [...limiter.exceeded].sort();
  return { document: limited, truncated };
}

/** `event.original`, which is not indexed and has a limit of its own; undefined when it is over that. */
export function limitOriginal(text: string): string | undefined {
  return text.length > original_length_max ? undefined : text.toWellFormed();
}

class Limiter {
  readonly exceeded = new Set<Limit>();
  #fields = 0;

  object<Value extends object>(value: Value, depth: number): Value {
    let copy: Value | undefined;
    for (const key in value) {
      const before: unknown = value[key];
      if (before === undefined) continue;
      const after = key.length > key_length_max ? this.#drop('key_length') : this.#member(before, depth);
      if (after === before) continue;
      copy ??= { ...value };
      if (after === undefined) Reflect.deleteProperty(copy, key);
      else
        Object.defineProperty(copy, key, {
          value: after,
          enumerable: true,
          writable: true,
          configurable: true,
        });
    }
    return copy ?? value;
  }

  /** An empty text is no value; in a list it keeps its place, as an argument may be empty. */
  #member(value: unknown, depth: number): unknown {
    return value === '' ? undefined : this.#value(value, depth);
  }

  #value(value: unknown, depth: number): unknown {
    if (typeof value === 'object' && value !== null) {
      if (depth === depth_max) return this.#drop('depth');
      return Array.isArray(value) ? this.#list(value, depth + 1) : this.object(value, depth + 1);
    }
    if (++this.#fields > fields_max) return this.#drop('fields');
    if (typeof value !== 'string') return value;
    if (value.length <= value_length_max) return value.isWellFormed() ? value : value.toWellFormed();
    this.exceeded.add('value_length');
    return value.slice(0, value_length_max).toWellFormed();
  }

  #list(items: readonly unknown[], depth: number): readonly unknown[] {
    let copy: unknown[] | undefined;
    const length = Math.min(items.length, array_length_max);
    if (length < items.length) {
      this.exceeded.add('array_length');
      copy = items.slice(0, length);
    }
    for (let index = 0; index < length; index++) {
      const before = items[index];
      const after = this.#value(before, depth);
      if (after === before) continue;
      copy ??= [...items];
      // A list keeps its places: what is too deep or too much becomes null.
      copy[index] = after ?? null;
    }
    return copy ?? items;
  }

  #drop(limit: Limit): undefined {
    this.exceeded.add(limit);
    return undefined;
  }
}
