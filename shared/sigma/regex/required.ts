import { fold } from '../fold.ts';
import type { CharSet } from './char-set.ts';
import type { RegexNode } from './syntax.ts';

/** More alternatives than this make a poor filter. */
const alternatives_max = 16;
/** Shorter texts are in everything. */
const required_chars_min = 2;

/** Folded texts of which every match holds at least one; undefined when none can be named. */
export function requiredLiterals(node: RegexNode): readonly string[] | undefined {
  const found = required(node);
  return found !== undefined && shortest(found) >= required_chars_min ? found : undefined;
}

function required(node: RegexNode): readonly string[] | undefined {
  if (node.kind === 'set') {
    const literal = literalOf(node.set);
    return literal === undefined ? undefined : [literal];
  }
  if (node.kind === 'repeat') return node.min > 0 ? required(node.node) : undefined;
  if (node.kind === 'choice') return ofChoice(node.nodes);
  return node.kind === 'sequence' ? ofSequence(node.nodes) : undefined;
}

function ofChoice(nodes: readonly RegexNode[]): readonly string[] | undefined {
  const all: string[] = [];
  for (const node of nodes) {
    const found = required(node);
    if (found === undefined) return undefined;
    all.push(...found);
  }
  return all.length > alternatives_max ? undefined : [...new Set(all)];
}

/** The best of what its members require; neighbouring single characters make one text. */
function ofSequence(nodes: readonly RegexNode[]): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  let run = '';
  const offer = (candidate: readonly string[] | undefined): void => {
    if (candidate !== undefined && shortest(candidate) > (best === undefined ? 0 : shortest(best)))
      best = candidate;
  };
  for (const node of flattened(nodes)) {
    const literal = node.kind === 'set' ? literalOf(node.set) : undefined;
    if (literal !== undefined) {
      run += literal;
      continue;
    }
    // An assertion takes no room: the texts on both sides of it are neighbours.
    if (node.kind === 'assertion') continue;
    if (run !== '') offer([run]);
    run = '';
    offer(required(node));
  }
  if (run !== '') offer([run]);
  return best;
}

function flattened(nodes: readonly RegexNode[]): readonly RegexNode[] {
  return nodes.flatMap((node) => (node.kind === 'sequence' ? flattened(node.nodes) : [node]));
}

/** The one folded ASCII character that a set stands for, in either case. */
function literalOf(set: CharSet): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < set.length; index += 2) {
    const [low = 0, high = 0] = [set[index], set[index + 1]];
    if (low !== high) return undefined;
    const folded = fold(String.fromCodePoint(low));
    if (found !== undefined && found !== folded) return undefined;
    found = folded;
  }
  return found !== undefined && found.length === 1 && found.charCodeAt(0) < 0x80 ? found : undefined;
}

function shortest(texts: readonly string[]): number {
  return Math.min(...texts.map((text) => text.length));
}
