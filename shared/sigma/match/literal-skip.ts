import { createLiteralScanner, type LiteralScanner } from './literal-automaton.ts';

/** Sets whose shortest text is shorter gain nothing from skipping. */
export const skip_chars_min = 5;
/** Characters that are looked at together. */
const block = 3;
const table_cells = 65_536;
/** Comparisons that one text may cost, beside one for so many characters, before the automaton takes over. */
const comparisons_max = 16;
const chars_per_comparison = 8;

/**
 * Finds many texts, none of them short, looking only at some characters (Wu and Manber): the last three of a window say
 * how far it can move. A text that is made to defeat the skipping is left to the automaton, so that the time stays
 * linear whatever the text.
 */
export function createSkipScanner(texts: readonly string[]): LiteralScanner {
  const window = Math.min(...texts.map((text) => text.length));
  const { shifts, candidates } = createTables(texts, window);
  let automaton: LiteralScanner | undefined;
  return (text, found) => {
    let comparisons = comparisons_max + text.length / chars_per_comparison;
    for (let end = window - 1; end < text.length; ) {
      const cell = hash(text.charCodeAt(end - 2), text.charCodeAt(end - 1), text.charCodeAt(end));
      const shift = shifts[cell] ?? 0;
      if (shift > 0) {
        end += shift;
        continue;
      }
      const start = end - window + 1;
      for (const number of candidates.get(cell) ?? []) {
        comparisons -= 1;
        if (text.startsWith(texts[number] ?? '', start)) found(number);
      }
      if (comparisons < 0) {
        automaton ??= createLiteralScanner(texts);
        automaton(text.slice(start + 1), found);
        return;
      }
      end += 1;
    }
  };
}

interface Tables {
  /** By the hash of a block: how far the window can move without passing over the start of any text. */
  readonly shifts: Uint8Array;
  /** By the hash of the block that ends the window: texts that may start where the window does. */
  readonly candidates: ReadonlyMap<number, readonly number[]>;
}

function createTables(texts: readonly string[], window: number): Tables {
  const shift_max = Math.min(255, window - block + 1);
  const shifts = new Uint8Array(table_cells).fill(shift_max);
  const candidates = new Map<number, number[]>();
  for (const [number, text] of texts.entries()) {
    for (let end = block - 1; end < window; end += 1) {
      const cell = hash(text.charCodeAt(end - 2), text.charCodeAt(end - 1), text.charCodeAt(end));
      shifts[cell] = Math.min(shifts[cell] ?? 0, window - 1 - end);
      if (end < window - 1) continue;
      const list = candidates.get(cell);
      if (list === undefined) candidates.set(cell, [number]);
      else list.push(number);
    }
  }
  return { shifts, candidates };
}

function hash(a: number, b: number, c: number): number {
  return ((a << 10) ^ (b << 5) ^ c) & (table_cells - 1);
}
