import type { LazyTest } from './atom.ts';
import type { FieldSlots } from './slots.ts';
import { valueMatcher, valuesRelate } from './test-value.ts';
import { visitTexts } from './texts.ts';

/** Whether one of the lazy tests, by number, holds for the event whose values are in the slots. */
export type LazyTests = (test: number, document: object) => boolean;

export function createLazyTests(tests: readonly LazyTest[], slots: FieldSlots): LazyTests {
  const evaluators = tests.map((test) => evaluator(test, slots));
  return (test, document) => evaluators[test]?.(document) ?? false;
}

/** The fields whose values lazy tests look at. */
export function lazyFields(tests: readonly LazyTest[]): readonly string[] {
  return tests.flatMap((test) => [test.field ?? [], test.kind === 'field' ? test.other : []].flat());
}

function evaluator(test: LazyTest, slots: FieldSlots): (document: object) => boolean {
  switch (test.kind) {
    case 'null': {
      const field = slots.number(test.field);
      return () => !slots.isPresent(field) || slots.values(field).includes(null);
    }
    case 'field': {
      const [field, other] = [slots.number(test.field), slots.number(test.other)];
      return () => {
        const others = slots.values(other);
        return slots
          .values(field)
          .some((value) => others.some((second) => valuesRelate(value, second, test)));
      };
    }
    case 'text':
    case 'regex':
    case 'network':
    case 'number': {
      const matches = valueMatcher(test);
      if (test.field === undefined) return (document) => visitTexts(document, matches);
      const field = slots.number(test.field);
      return () => slots.values(field).some(matches);
    }
  }
}
