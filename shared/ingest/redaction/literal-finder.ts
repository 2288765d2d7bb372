/** Bytes of a text that are looked at together. */
const chunk_bytes = 64 * 1024;
const chunk = Buffer.allocUnsafeSlow(chunk_bytes);

/**
 * Makes a test of whether a text holds any of some ASCII literals, in one pass whatever their number (Aho and Corasick).
 * Letters are compared without case. Characters beyond Latin-1 count as the one of their low byte: the answer may be yes
 * where no is right, never the reverse.
 */
export function createLiteralFinder(literals: readonly string[]): (text: string) => boolean {
  const { rows, classes, found } = compile(literals);
  const overlap = Math.max(...literals.map(({ length }) => length));

  function holds(length: number): boolean {
    // Two readers, each waiting for the row that the last character led to, take the time of one.
    const middle = Math.max(0, (length >> 1) - overlap);
    let first = 0;
    let second = 0;
    for (let at = middle; at < length; at++) {
      first = rows[first + (classes[chunk[at - middle] ?? 0] ?? 0)] ?? 0;
      second = rows[second + (classes[chunk[at] ?? 0] ?? 0)] ?? 0;
    }
    return first === found || second === found;
  }

  return (text) => {
    if (text.length <= chunk_bytes) return holds(chunk.write(text, 0, 'latin1'));
    for (let at = 0; at < text.length; at += chunk_bytes - overlap) {
      if (holds(chunk.write(text.slice(at, at + chunk_bytes), 0, 'latin1'))) return true;
    }
    return false;
  };
}

interface Automaton {
  /** For each state, and in it for each class of bytes, where the row of the next state starts. */
  readonly rows: Uint16Array;
  readonly classes: Uint8Array;
  /** Start of the row that nothing leads out of. */
  readonly found: number;
}

/** States are the beginnings of literals that have been read, the empty one first; the last is: found. */
function compile(literals: readonly string[]): Automaton {
  const letters = [...new Set(literals.join('').toLowerCase())];
  const lower = literals.map((literal) => literal.toLowerCase());
  const isFound = (text: string): boolean => lower.some((literal) => text.endsWith(literal));
  const beginnings = lower.flatMap((literal) =>
    Array.from(literal, (_, length) => literal.slice(0, length)).filter((beginning) => !isFound(beginning)),
  );
  const states = [...new Set(beginnings)].toSorted((a, b) => a.length - b.length);
  const width = letters.length + 1;
  if (states.length * width >= 2 ** 16) throw new RangeError(`${literals.length} literals are too many`);
  const starts = new Map(states.map((state, index) => [state, index * width]));
  const found = states.length * width;
  const rows = new Uint16Array(found + width).fill(found, found);
  for (const [state, start] of starts) {
    letters.forEach((letter, index) => {
      rows[start + index + 1] = isFound(state + letter) ? found : longestStart(state + letter, starts);
    });
  }
  return { rows, classes: classesOf(letters), found };
}

/** The row of the longest end of a text that is the beginning of a literal. */
function longestStart(text: string, starts: ReadonlyMap<string, number>): number {
  for (let at = 0; at < text.length; at++) {
    const start = starts.get(text.slice(at));
    if (start !== undefined) return start;
  }
  return 0;
}

/** Bytes that no literal has are of class 0. */
function classesOf(letters: readonly string[]): Uint8Array {
  const classes = new Uint8Array(256);
  letters.forEach((letter, index) => {
    classes[letter.charCodeAt(0)] = index + 1;
    classes[letter.toUpperCase().charCodeAt(0)] = index + 1;
  });
  return classes;
}
