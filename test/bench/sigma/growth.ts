import type { Expression, Test } from '#shared/sigma/compile/test.ts';
import { compileRegex } from '#shared/sigma/regex/regex.ts';
import type { CompiledRule } from '#shared/sigma/set/rule-set.ts';

/** So many rules, and those many times over with other texts, as if as many more had been written. */
export function grow(rules: readonly CompiledRule[], count: number, times: number): readonly CompiledRule[] {
  const step = rules.length / count;
  const chosen = Array.from({ length: count }, (_, index) => rules[Math.floor(index * step)]).filter(
    (rule) => rule !== undefined,
  );
  return Array.from({ length: times }, (_, copy) =>
    copy === 0
      ? chosen
      : chosen.map((compiled) => ({ ...compiled, expression: changed(compiled.expression, copy) })),
  ).flat();
}

/** The same expression about other texts and numbers. */
function changed(expression: Expression, copy: number): Expression {
  switch (expression.kind) {
    case 'all':
    case 'any':
    case 'some':
      return { ...expression, terms: expression.terms.map((term) => changed(term, copy)) };
    case 'not':
      return { ...expression, term: changed(expression.term, copy) };
    case 'test':
      return { ...expression, test: changedTest(expression.test, copy) };
  }
}

function changedTest(test: Test, copy: number): Test {
  switch (test.kind) {
    case 'text':
      return {
        ...test,
        pattern: test.pattern.map((part) => (typeof part === 'string' ? shifted(part, copy) : part)),
      };
    case 'regex': {
      const source = `(?:${test.source})${shifted('breakwater', copy)}`;
      return {
        ...test,
        source,
        regex: compileRegex(source, { i: test.flags.includes('i'), m: false, s: false }),
      };
    }
    case 'number':
      return { ...test, value: Number(test.value) + 1_000 * copy };
    case 'network':
    case 'null':
    case 'present':
    case 'field':
      return test;
  }
}

/** Each letter by so many places; all else stays. */
function shifted(text: string, places: number): string {
  return text.replaceAll(/[a-z]/g, (letter) =>
    String.fromCharCode(((letter.charCodeAt(0) - 0x61 + places) % 26) + 0x61),
  );
}
