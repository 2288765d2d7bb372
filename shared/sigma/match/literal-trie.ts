import { asciiLower } from './ascii.ts';

/** Texts as a tree of their characters, numbered breadth first from 0, the root; in flat arrays. */
export interface LiteralTrie {
  /** The class of a UTF-16 unit; 0 when no text holds it. */
  classOf(unit: number): number;
  /** The same for ASCII, where an upper-case letter has the class of the lower-case one. */
  readonly asciiClasses: Uint8Array;
  readonly class_count: number;
  readonly state_count: number;
  /** The class on the edge into a state. */
  readonly labels: Uint16Array;
  readonly parents: Int32Array;
  readonly firstChildren: Int32Array;
  readonly nextSiblings: Int32Array;
  /** The number of the text that ends in a state, else -1. */
  readonly ends: Int32Array;
  /** The state that a class leads to; 0 when it leads nowhere. */
  readonly childOf: (state: number, cls: number) => number;
}

interface Node {
  readonly children: Map<number, Node>;
  end: number;
}

/** Builds the tree; `backwards` spells the texts from their ends. Texts must differ and not be empty. */
export function buildTrie(texts: readonly string[], backwards = false): LiteralTrie {
  const { classOf, asciiClasses, class_count } = createClasses(texts);
  const root: Node = { children: new Map(), end: -1 };
  for (const [number, text] of texts.entries()) {
    let node = root;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(backwards ? text.length - 1 - index : index);
      const cls = classOf(unit);
      let child = node.children.get(cls);
      if (child === undefined) node.children.set(cls, (child = { children: new Map(), end: -1 }));
      node = child;
    }
    node.end = number;
  }
  return { classOf, asciiClasses, class_count, ...flatten(root) };
}

function createClasses(
  texts: readonly string[],
): Pick<LiteralTrie, 'classOf' | 'asciiClasses' | 'class_count'> {
  const classes = new Map<number, number>();
  for (const text of texts) {
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (!classes.has(unit)) classes.set(unit, classes.size + 1);
    }
  }
  const asciiClasses = asciiLower.map((unit) => classes.get(unit) ?? 0);
  const classOf = (unit: number): number => classes.get(unit) ?? 0;
  return { classOf, asciiClasses, class_count: classes.size + 1 };
}

function flatten(root: Node): Omit<LiteralTrie, 'classOf' | 'asciiClasses' | 'class_count'> {
  const nodes = [root];
  const parents = [0];
  const labels = [0];
  for (let state = 0; state < nodes.length; state += 1) {
    for (const [cls, child] of nodes[state]?.children ?? []) {
      nodes.push(child);
      parents.push(state);
      labels.push(cls);
    }
  }
  const firstChildren = new Int32Array(nodes.length);
  const nextSiblings = new Int32Array(nodes.length);
  for (let state = nodes.length - 1; state > 0; state -= 1) {
    const parent = parents[state] ?? 0;
    nextSiblings[state] = firstChildren[parent] ?? 0;
    firstChildren[parent] = state;
  }
  const edges = Uint16Array.from(labels);
  return {
    state_count: nodes.length,
    labels: edges,
    childOf: (state, cls) => {
      let child = firstChildren[state] ?? 0;
      while (child !== 0 && edges[child] !== cls) child = nextSiblings[child] ?? 0;
      return child;
    },
    parents: Int32Array.from(parents),
    firstChildren,
    nextSiblings,
    ends: Int32Array.from(nodes.map(({ end }) => end)),
  };
}

/** For each state the longest proper suffix that is a state too. */
export function fallbacksOf({ state_count, parents, labels, childOf }: LiteralTrie): Int32Array {
  const fallbacks = new Int32Array(state_count);
  // Breadth first, so that the suffixes, which are shorter, are known.
  for (let state = 1; state < state_count; state += 1) {
    const parent = parents[state] ?? 0;
    if (parent === 0) continue;
    const cls = labels[state] ?? 0;
    let candidate = fallbacks[parent] ?? 0;
    let child = childOf(candidate, cls);
    while (child === 0 && candidate !== 0) {
      candidate = fallbacks[candidate] ?? 0;
      child = childOf(candidate, cls);
    }
    fallbacks[state] = child;
  }
  return fallbacks;
}
