/** Leaf indexes as a fact lists them: `3 7-9 12`. */

/** Each range as [first, next). */
export function parseRanges(text: string): [number, number][] {
  return text.split(' ').flatMap((range): [number, number][] => {
    const [, first = '', last = first] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(range) ?? [];
    return first === '' ? [] : [[Number(first), Number(last === '' ? first : last) + 1]];
  });
}

/** Indexes in ascending order as texts of at most `ranges_max` ranges each. */
export function formatRanges(indexes: readonly number[], ranges_max: number): string[] {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index) last[1] = index + 1;
    else ranges.push([index, index + 1]);
  }
  const texts: string[] = [];
  for (let at = 0; at < ranges.length; at += ranges_max) {
    const part = ranges.slice(at, at + ranges_max);
    texts.push(
      part.map(([first, next]) => (next === first + 1 ? `${first}` : `${first}-${next - 1}`)).join(' '),
    );
  }
  return texts;
}
