import { ascii_max, type LiteralScanner } from './ascii.ts';
import { buildTrie, fallbacksOf, type LiteralTrie } from './literal-trie.ts';

/** Memory for full rows of successors, per automaton, in cells of four bytes. */
const dense_cells_max = 524_288;

/**
 * Makes a scanner that sees every character (Aho and Corasick). States near the root, where a scan spends its time, have a full row of successors;
 * if there is memory for all states, that is all. Deeper ones have a short list of successors and a link to the longest
 * suffix to fall back to.
 */
export function createLiteralAutomaton(texts: readonly string[]): LiteralScanner {
  const trie = buildTrie(texts);
  const fallbacks = fallbacksOf(trie);
  const dense_states = Math.min(
    trie.state_count,
    Math.max(1, Math.floor(dense_cells_max / trie.class_count)),
  );
  const automaton: Automaton = {
    trie,
    fallbacks,
    dense_states,
    dense: denseRows(trie, fallbacks, dense_states),
    outputs: outputsOf(trie, fallbacks),
  };
  return dense_states === trie.state_count ? denseScanner(automaton) : sparseScanner(automaton);
}

interface Automaton {
  readonly trie: LiteralTrie;
  /** For each state the longest proper suffix that is a state too. */
  readonly fallbacks: Int32Array;
  /** States below this number have a row. */
  readonly dense_states: number;
  readonly dense: Int32Array;
  /** For each state the nearest state, itself or a suffix, in which a text ends; 0 for none. */
  readonly outputs: Int32Array;
}

function report(
  { outputs, fallbacks, trie }: Automaton,
  first: number,
  found: (number: number) => void,
): void {
  for (let output = first; output !== 0; output = outputs[fallbacks[output] ?? 0] ?? 0) {
    found(trie.ends[output] ?? 0);
  }
}

function denseScanner(automaton: Automaton): LiteralScanner {
  const { trie } = automaton;
  const { asciiClasses, class_count } = trie;
  const rows = markedRows(automaton);
  return (text, folded, found) => {
    const { length } = text;
    let row = 0;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > ascii_max && !folded) return false;
      const cls = unit > ascii_max ? trie.classOf(unit) : (asciiClasses[unit] ?? 0);
      row = rows[row + cls] ?? 0;
      if (row < 0) {
        row = ~row;
        report(automaton, automaton.outputs[row / class_count] ?? 0, found);
      }
    }
    return true;
  };
}

/** Rows that lead to the starts of rows, and to their complement where a text ends: one look a character. */
function markedRows({ dense, outputs, trie }: Automaton): Int32Array {
  return dense.map((state) => {
    const start = state * trie.class_count;
    return outputs[state] === 0 ? start : ~start;
  });
}

function sparseScanner(automaton: Automaton): LiteralScanner {
  const { trie, dense, dense_states, outputs, fallbacks } = automaton;
  const { asciiClasses, class_count, firstChildren, nextSiblings, labels } = trie;
  return (text, folded, found) => {
    const { length } = text;
    let state = 0;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > ascii_max && !folded) return false;
      const cls = unit > ascii_max ? trie.classOf(unit) : (asciiClasses[unit] ?? 0);
      while (state >= dense_states) {
        let child = firstChildren[state] ?? 0;
        while (child !== 0 && labels[child] !== cls) child = nextSiblings[child] ?? 0;
        if (child !== 0) {
          state = -child;
          break;
        }
        state = fallbacks[state] ?? 0;
      }
      state = state < 0 ? -state : (dense[state * class_count + cls] ?? 0);
      const output = outputs[state] ?? 0;
      if (output !== 0) report(automaton, output, found);
    }
    return true;
  };
}

function denseRows(trie: LiteralTrie, fallbacks: Int32Array, dense_states: number): Int32Array {
  const { class_count, firstChildren, nextSiblings, labels } = trie;
  const dense = new Int32Array(dense_states * class_count);
  for (let state = 0; state < dense_states; state += 1) {
    const row = state * class_count;
    const fallback = fallbacks[state] ?? 0;
    // The fallback has a smaller number: its row is complete.
    if (state !== 0) dense.copyWithin(row, fallback * class_count, (fallback + 1) * class_count);
    for (let child = firstChildren[state] ?? 0; child !== 0; child = nextSiblings[child] ?? 0) {
      dense[row + (labels[child] ?? 0)] = child;
    }
  }
  return dense;
}

function outputsOf({ state_count, ends }: LiteralTrie, fallbacks: Int32Array): Int32Array {
  const outputs = new Int32Array(state_count);
  for (let state = 1; state < state_count; state += 1) {
    outputs[state] = (ends[state] ?? -1) >= 0 ? state : (outputs[fallbacks[state] ?? 0] ?? 0);
  }
  return outputs;
}
