/**
 * The text of a rule file with empty lines instead of the tests that its rules carry: what only runs rules need not
 * read their tests, which are most of the text. Every place that is left stays where it was. Tests that are written in
 * another way than the project's own rules write them stay too.
 */
export function withoutTests(text: string): string {
  if (!text.includes('\n  tests:')) return text;
  let place: 'outside' | 'extension' | 'tests' = 'outside';
  return text
    .split('\n')
    .map((line) => {
      if (line.trimEnd() === 'breakwater:') place = 'extension';
      else if (/^[^ \n]/.test(line)) place = 'outside';
      else if (place !== 'outside' && line.trimEnd() === '  tests:') place = 'tests';
      else if (place === 'tests' && /^ {1,2}[^ -]/.test(line)) place = 'extension';
      return place === 'tests' ? '' : line;
    })
    .join('\n');
}
