import { buildTrie, type LiteralTrie } from './literal-trie.ts';

/** Memory for the full rows of states near the root, per automaton; the others have lists. */
const dense_cells_max = 262_144;

/**
 * Finds every occurrence of many texts in one pass (Aho and Corasick). States near the root, where a scan spends its
 * time, have a full row of successors; deeper ones a short list and a link to the longest suffix to fall back to.
 */
export function createLiteralScanner(
  texts: readonly string[],
): (text: string, found: (number: number) => void) => void {
  const trie = buildTrie(texts);
  const { asciiClasses, class_count, firstChildren, nextSiblings, labels, ends } = trie;
  const fallbacks = fallbacksOf(trie);
  const dense_states = Math.min(trie.state_count, Math.max(1, Math.floor(dense_cells_max / class_count)));
  const dense = denseRows(trie, fallbacks, dense_states);
  const outputs = outputsOf(trie, fallbacks);
  const minimum_chars = Math.min(...texts.map((text) => text.length));

  return (text, found) => {
    const { length } = text;
    if (length < minimum_chars) return;
    let state = 0;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      const cls = unit < 128 ? (asciiClasses[unit] ?? 0) : trie.classOf(unit);
      if (cls === 0) {
        state = 0;
        continue;
      }
      for (;;) {
        if (state < dense_states) {
          state = dense[state * class_count + cls] ?? 0;
          break;
        }
        let child = firstChildren[state] ?? 0;
        while (child !== 0 && labels[child] !== cls) child = nextSiblings[child] ?? 0;
        if (child !== 0) {
          state = child;
          break;
        }
        state = fallbacks[state] ?? 0;
      }
      for (let output = outputs[state] ?? 0; output !== 0; output = outputs[fallbacks[output] ?? 0] ?? 0) {
        found(ends[output] ?? 0);
      }
    }
  };
}

/** For each state the longest proper suffix that is a state too. Breadth first, so that shorter ones are known. */
function fallbacksOf({ state_count, parents, labels, firstChildren, nextSiblings }: LiteralTrie): Int32Array {
  const fallbacks = new Int32Array(state_count);
  for (let state = 1; state < state_count; state += 1) {
    const parent = parents[state] ?? 0;
    if (parent === 0) continue;
    const cls = labels[state];
    let candidate = fallbacks[parent] ?? 0;
    for (;;) {
      let child = firstChildren[candidate] ?? 0;
      while (child !== 0 && labels[child] !== cls) child = nextSiblings[child] ?? 0;
      if (child !== 0) {
        fallbacks[state] = child;
        break;
      }
      if (candidate === 0) break;
      candidate = fallbacks[candidate] ?? 0;
    }
  }
  return fallbacks;
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

/** For each state the nearest state, itself or a suffix, in which a text ends; 0 for none. */
function outputsOf({ state_count, ends }: LiteralTrie, fallbacks: Int32Array): Int32Array {
  const outputs = new Int32Array(state_count);
  for (let state = 1; state < state_count; state += 1) {
    outputs[state] = (ends[state] ?? -1) >= 0 ? state : (outputs[fallbacks[state] ?? 0] ?? 0);
  }
  return outputs;
}
