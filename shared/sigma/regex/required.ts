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
  if (node.kind === 'set') return charactersOf(node.set);
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

/** The best of what its members require; neighbours of which each stands for few texts make longer ones. */
function ofSequence(nodes: readonly RegexNode[]): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  let run: readonly string[] = [''];
  const offer = (candidate: readonly string[] | undefined): void => {
    if (candidate !== undefined && shortest(candidate) > (best === undefined ? 0 : shortest(best)))
      best = candidate;
  };
  for (const node of flattened(nodes)) {
    // An assertion takes no room: the texts on both sides of it are neighbours.
    if (node.kind === 'assertion') continue;
    const texts = textsOf(node);
    const longer = texts && joined(run, texts);
    if (longer !== undefined) {
      run = longer;
      continue;
    }
    offer(run);
    run = texts ?? [''];
    if (texts === undefined) offer(required(node));
  }
  offer(run);
  return best;
}

/** All folded texts that a node matches, when they are few. */
function textsOf(node: RegexNode): readonly string[] | undefined {
  switch (node.kind) {
    case 'set':
      return charactersOf(node.set);
    case 'sequence':
      return node.nodes
        .map(textsOf)
        .reduce<readonly string[] | undefined>((all, texts) => all && texts && joined(all, texts), ['']);
    case 'choice': {
      const all = node.nodes.map(textsOf);
      const known = all.flatMap((texts) => texts ?? []);
      return all.includes(undefined) || known.length > alternatives_max ? undefined : [...new Set(known)];
    }
    case 'assertion':
      return [''];
    case 'repeat':
      return undefined;
  }
}

/** Each text with each that may follow; undefined when they are too many. */
function joined(texts: readonly string[], followers: readonly string[]): readonly string[] | undefined {
  if (texts.length * followers.length > alternatives_max) return undefined;
  return texts.flatMap((text) => followers.map((follower) => text + follower));
}

function flattened(nodes: readonly RegexNode[]): readonly RegexNode[] {
  return nodes.flatMap((node) => (node.kind === 'sequence' ? flattened(node.nodes) : [node]));
}

/** The folded ASCII characters that a set stands for, when they are few and nothing else is in it. */
function charactersOf(set: CharSet): readonly string[] | undefined {
  const found = new Set<string>();
  for (let index = 0; index < set.length; index += 2) {
    const [low = 0, high = 0] = [set[index], set[index + 1]];
    if (high - low > alternatives_max) return undefined;
    for (let point = low; point <= high; point += 1) found.add(fold(String.fromCodePoint(point)));
    if (found.size > alternatives_max) return undefined;
  }
  const characters = [...found];
  const ascii = characters.every((text) => text.length === 1 && text.charCodeAt(0) < 0x80);
  return ascii && characters.length > 0 ? characters : undefined;
}

function shortest(texts: readonly string[]): number {
  return Math.min(...texts.map((text) => text.length));
}
