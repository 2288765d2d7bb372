import type { Scalar } from './value.ts';

/** What one event has under the fields that rules name; cleared for the next event. */
export interface FieldSlots {
  readonly names: readonly string[];
  number(name: string): number;
  setPresent(field: number): void;
  isPresent(field: number): boolean;
  /** Remembers a value, if the field is one of those whose values are looked at later. */
  add(field: number, value: Scalar): void;
  values(field: number): readonly Scalar[];
  clear(): void;
}

/** @param kept the fields whose values are remembered. */
export function createFieldSlots(names: readonly string[], kept: ReadonlySet<string>): FieldSlots {
  const numbers = new Map(names.map((name, number) => [name, number]));
  const values = names.map((name): Scalar[] | undefined => (kept.has(name) ? [] : undefined));
  const present = new Uint8Array(names.length);
  const touched: number[] = [];
  const none: readonly Scalar[] = [];
  return {
    names,
    number: (name) => numbers.get(name) ?? -1,
    setPresent(field) {
      if (present[field] === 1) return;
      present[field] = 1;
      touched.push(field);
    },
    isPresent: (field) => present[field] === 1,
    add: (field, value) => values[field]?.push(value),
    values: (field) => values[field] ?? none,
    clear() {
      for (const field of touched) {
        present[field] = 0;
        const list = values[field];
        if (list !== undefined) list.length = 0;
      }
      touched.length = 0;
    },
  };
}
