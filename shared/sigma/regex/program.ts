import { regex_states_max } from '../limits.ts';
import { type CharSet, newline, word } from './char-set.ts';
import { type Assertion, type RegexNode, RegexProblem } from './syntax.ts';

/** One state of the non-deterministic automaton; `next` are indices of states. */
export type State =
  | { kind: 'set'; set: CharSet; next: number }
  | { kind: 'split'; next: number; other: number }
  | { kind: 'assertion'; assertion: Assertion; next: number }
  | { kind: 'match' };

/** A regular expression as an automaton (Thompson's construction). */
export interface Program {
  readonly states: readonly State[];
  readonly start: number;
  /** Starts of the ranges of characters that the automaton cannot tell apart, ascending from 0. */
  readonly boundaries: readonly number[];
  /** Every match begins at the start of the text. */
  readonly anchored: boolean;
}

/** @throws RegexProblem when the automaton would be too large. */
export function compileProgram(node: RegexNode): Program {
  const states: State[] = [{ kind: 'match' }];
  const add = (state: State): number => {
    if (states.length >= regex_states_max) {
      throw new RegexProblem('regex-too-large', `more than ${regex_states_max} states`);
    }
    return states.push(state) - 1;
  };

  /** Builds the node so that it goes on to `next`; returns its entry. */
  function build(part: RegexNode, next: number): number {
    switch (part.kind) {
      case 'set':
        return add({ kind: 'set', set: part.set, next });
      case 'assertion':
        return add({ kind: 'assertion', assertion: part.assertion, next });
      case 'sequence':
        return part.nodes.reduceRight((entry, child) => build(child, entry), next);
      case 'choice':
        return part.nodes
          .map((child) => build(child, next))
          .reduceRight((other, entry) => add({ kind: 'split', next: entry, other }));
      case 'repeat':
        return repeat(part, next);
    }
  }

  function repeat(part: RegexNode & { kind: 'repeat' }, next: number): number {
    let entry = next;
    if (part.max === undefined) {
      const loop: State = { kind: 'split', next: 0, other: next };
      entry = add(loop);
      loop.next = build(part.node, entry);
    } else {
      for (let count = part.min; count < part.max; count += 1) {
        entry = add({ kind: 'split', next: build(part.node, entry), other: next });
      }
    }
    for (let count = 0; count < part.min; count += 1) entry = build(part.node, entry);
    return entry;
  }

  const start = build(node, 0);
  return { states, start, boundaries: boundariesOf(states), anchored: beginsAtStart(node) };
}

function boundariesOf(states: readonly State[]): readonly number[] {
  const starts = new Set<number>([0]);
  const split = (set: CharSet): void => {
    for (let index = 0; index < set.length; index += 2) {
      starts.add(set[index] ?? 0);
      starts.add((set[index + 1] ?? 0) + 1);
    }
  };
  for (const state of states) {
    if (state.kind === 'set') split(state.set);
  }
  // Assertions look at words and line ends, whatever the sets are.
  split(word);
  split(newline);
  starts.delete(0x110000);
  return [...starts].sort((a, b) => a - b);
}

function beginsAtStart(node: RegexNode): boolean {
  if (node.kind === 'assertion') return node.assertion === 'text_start';
  if (node.kind === 'sequence') return node.nodes[0] !== undefined && beginsAtStart(node.nodes[0]);
  if (node.kind === 'choice') return node.nodes.every(beginsAtStart);
  return node.kind === 'repeat' && node.min > 0 && beginsAtStart(node.node);
}
