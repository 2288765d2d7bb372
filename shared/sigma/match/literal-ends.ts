import { ascii_max, asciiLower, type LiteralScanner } from './ascii.ts';
import { buildTrie } from './literal-trie.ts';

/** Makes a scanner of the texts that another begins with, or, `backwards`, ends with. */
export function createEndScanner(texts: readonly string[], backwards: boolean): LiteralScanner {
  const trie = buildTrie(texts, backwards);
  const { asciiClasses, childOf, ends } = trie;

  /** By the first character: most texts begin with none that leads anywhere. */
  const starts = Int32Array.from(asciiLower, (unit) => childOf(0, asciiClasses[unit] ?? 0));

  return (text, folded, found) => {
    let state = 0;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(backwards ? text.length - 1 - index : index);
      if (unit > ascii_max) {
        if (!folded) return false;
        state = childOf(state, trie.classOf(unit));
      } else state = state === 0 ? (starts[unit] ?? 0) : childOf(state, asciiClasses[unit] ?? 0);
      if (state === 0) return true;
      const end = ends[state] ?? -1;
      if (end >= 0) found(end);
    }
    return true;
  };
}
