import { inNetwork } from '../compile/network.ts';
import type { Test } from '../compile/test.ts';
import { patternShape } from '../rule/pattern.ts';
import { ContainedTexts } from './contained-texts.ts';
import type { EventField } from './event-field.ts';
import { textMatcher } from './glob.ts';
import { valueMatcher, valuesRelate } from './test-value.ts';
import { visitTexts } from './texts.ts';

/** Whether one of the lazy tests, by number, holds for the event whose values are in the fields. */
export type LazyTests = (test: number, document: object) => boolean;

/**
 * @param fieldOf the field of a name.
 * @param keywords stands for all texts of the event; filled when the first test looks at them.
 */
export function createLazyTests(
  tests: readonly Test[],
  fieldOf: (name: string) => EventField,
  keywords: EventField,
): LazyTests {
  const contained = new Map<EventField, ContainedTexts>();
  const containedIn = (field: EventField): ContainedTexts => {
    const texts = contained.get(field) ?? new ContainedTexts(field);
    contained.set(field, texts);
    return texts;
  };
  const evaluators = tests.map((test) =>
    evaluator(test, test.field === undefined ? keywords : fieldOf(test.field), fieldOf, containedIn),
  );
  const of_keywords = Uint8Array.from(tests, (test) => (test.field === undefined ? 1 : 0));
  return (test, document) => {
    if (of_keywords[test] === 1 && !keywords.present) fill(keywords, document);
    return evaluators[test]?.() ?? false;
  };
}

function fill(keywords: EventField, document: object): void {
  keywords.see();
  visitTexts(document, (text) => {
    keywords.add(text);
    return false;
  });
}

/** The fields that a test looks at. */
export function fieldsOfTest(test: Test): readonly string[] {
  const fields = test.field === undefined ? [] : [test.field];
  return test.kind === 'field' ? [...fields, test.other] : fields;
}

function evaluator(
  test: Test,
  field: EventField,
  fieldOf: (name: string) => EventField,
  containedIn: (field: EventField) => ContainedTexts,
): () => boolean {
  switch (test.kind) {
    case 'null':
      return () => !field.present || field.values.includes(null);
    case 'present':
      return () => field.present;
    case 'field': {
      const other = fieldOf(test.other);
      return () =>
        field.values.some((value) => other.values.some((second) => valuesRelate(value, second, test)));
    }
    case 'network':
      return () => field.addresses.some((address) => inNetwork(address, test.network));
    case 'text': {
      if (test.cased) return someValue(field, test);
      const shape = patternShape(test.pattern);
      if (shape.kind === 'contains') return containedIn(field).add(shape.text);
      const matches = textMatcher(test.pattern);
      return () => field.folded.some(matches);
    }
    case 'regex':
    case 'number':
      return someValue(field, test);
  }
}

function someValue(field: EventField, test: Parameters<typeof valueMatcher>[0]): () => boolean {
  const matches = valueMatcher(test);
  return () => field.values.some(matches);
}
