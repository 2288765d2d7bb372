/** A change of one place in a source file that a test should notice. */
export interface Mutant {
  readonly line: number;
  readonly description: string;
  readonly text: string;
}

interface Mutation {
  readonly description: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** Deleting a check comes first; the rest weakens comparisons, conditions, answers and counts. */
const mutations: readonly Mutation[] = [
  {
    description: 'check deleted',
    pattern: /\bif \((?!false\b).+\)(?= (?:throw |return |report\(|this\.#?report\(|continue)|$)/g,
    replacement: 'if (false)',
  },
  {
    description: 'block never entered',
    pattern: /\bif \((?!false\b).+\) (?=\{$)/g,
    replacement: 'if (false) ',
  },
  { description: 'report deleted', pattern: /(?<=^\s*)(?:this\.#?)?report\(.*\);$/g, replacement: ';' },
  {
    description: 'comparison never made',
    pattern: /(?<=^\s*(?:for \(.+\) )?)(?:require|compare)\w+\(.*\);$/g,
    replacement: ';',
  },
  { description: '=== for !==', pattern: / !== /g, replacement: ' === ' },
  { description: '!== for ===', pattern: / === /g, replacement: ' !== ' },
  { description: '<= for <', pattern: / < /g, replacement: ' <= ' },
  { description: '< for <=', pattern: / <= /g, replacement: ' < ' },
  { description: '>= for >', pattern: / > /g, replacement: ' >= ' },
  { description: '> for >=', pattern: / >= /g, replacement: ' > ' },
  { description: '|| for &&', pattern: / && /g, replacement: ' || ' },
  { description: '&& for ||', pattern: / \|\| /g, replacement: ' && ' },
  { description: 'true for false', pattern: /\breturn false\b/g, replacement: 'return true' },
  { description: '+ 0 for + 1', pattern: / \+ 1\b/g, replacement: ' + 0' },
  { description: '- 0 for - 1', pattern: / - 1\b/g, replacement: ' - 0' },
  { description: 'every item accepted', pattern: /\.every\((\w+)\)/g, replacement: '.every(() => true)' },
  { description: 'anchor dropped', pattern: /\/\^/g, replacement: '/' },
  { description: 'end anchor dropped', pattern: /\$\/(?=u?\.)/g, replacement: '/' },
];

/** Every mutant of a source; lines of comments, imports and types are left alone. */
export function mutantsOf(source: string): Mutant[] {
  const lines = source.split('\n');
  return lines.flatMap((original, index) => {
    if (/^\s*(?:\/\/|\/?\*|import |export \{|readonly |\})/.test(original)) return [];
    return mutations.flatMap(({ description, pattern, replacement }) =>
      [...original.matchAll(pattern)].map((match) => {
        const changed =
          original.slice(0, match.index) + replacement + original.slice(match.index + match[0].length);
        return { line: index + 1, description, text: lines.with(index, changed).join('\n') };
      }),
    );
  });
}
