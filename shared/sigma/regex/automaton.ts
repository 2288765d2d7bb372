import { regex_remembered_states_max } from '../limits.ts';
import { contains, word } from './char-set.ts';
import type { Assertion } from './syntax.ts';
import type { Program, State } from './program.ts';

/** What stands on one side of a place in the text. */
const side = { edge: 0, newline: 1, word: 2, other: 3, last_newline: 4 } as const;
type Side = (typeof side)[keyof typeof side];

/** Times that the remembered states may be forgotten within one text before states are no longer remembered. */
const forgettings_max = 4;
const unknown = -1;
/** Not a state: the text matches, whatever follows. */
const accepted = 0;
/** No match can begin or go on any more. */
const dead = 1;

/** A state of the deterministic automaton: states of the program before the next character is known, and what stood before. */
interface Remembered {
  readonly members: Int32Array;
  readonly before: Side;
  /** By class of the next character; the last class but one is a line end that ends the text, the last the end. */
  readonly next: Int32Array;
}

/**
 * Runs a program on texts. The deterministic automaton is made as texts ask for it and remembers a bounded number of
 * states; a pattern that needs more is run state by state: slower, still linear in the text.
 */
export function createAutomaton(program: Program) {
  const classOf = createClassifier(program.boundaries);
  const classes = program.boundaries.length + 2;
  const last_newline_class = program.boundaries.length;
  const end_class = classes - 1;
  const sides = program.boundaries.map(sideOf);
  const step = createStepper(program);
  let remembered: Remembered[] = [];
  let numbers = new Map<string, number>();

  function remember(members: Int32Array, before: Side): number {
    const key = `${before}:${members.join()}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    // The first two numbers are taken by `accepted` and `dead`.
    const number = remembered.push({ members, before, next: new Int32Array(classes).fill(unknown) }) + 1;
    numbers.set(key, number);
    return number;
  }

  const startMembers = Int32Array.of(program.start);
  const noMembers = new Int32Array(0);

  /** The number of the state before any text; unknown until it is asked for, and when all is forgotten. */
  let start = unknown;

  function forget(): void {
    remembered = [];
    numbers = new Map();
    start = unknown;
  }

  function sideOfClass(index: number): Side {
    if (index === end_class) return side.edge;
    return index === last_newline_class ? side.last_newline : (sides[index] ?? side.other);
  }

  function advance(state: Remembered, index: number): number {
    const after = sideOfClass(index);
    const point = index === last_newline_class ? 0x0a : (program.boundaries[index] ?? 0);
    const members = step(state.members, state.before, after, index === end_class ? undefined : point);
    let target: number;
    if (members === 'match') target = accepted;
    else if (index === end_class || (members.length === 0 && program.anchored)) target = dead;
    else target = remember(members, after === side.last_newline ? side.newline : after);
    state.next[index] = target;
    return target;
  }

  function test(text: string): boolean {
    if (start === unknown) start = remember(startMembers, side.edge);
    let number = start;
    let forgettings = 0;
    const last = text.length - 1;
    for (let index = 0; index <= last; index += 1) {
      let point = text.charCodeAt(index);
      if (point >= 0xd800 && point < 0xdc00) {
        const full = text.codePointAt(index) ?? point;
        if (full > 0xffff) index += 1;
        point = full;
      }
      const cls = point === 0x0a && index === last ? last_newline_class : classOf(point);
      const state = remembered[number - 2];
      if (state === undefined) return number === accepted;
      const known = state.next[cls] ?? unknown;
      number = known === unknown ? advance(state, cls) : known;
      if (number === accepted) return true;
      if (number === dead) return false;
      if (remembered.length > regex_remembered_states_max) {
        const current = remembered[number - 2];
        forget();
        forgettings += 1;
        if (current === undefined) return false;
        if (forgettings > forgettings_max) return simulate(current, text, index + 1);
        number = remember(current.members, current.before);
      }
    }
    const state = remembered[number - 2];
    if (state === undefined) return number === accepted;
    const known = state.next[end_class] ?? unknown;
    return (known === unknown ? advance(state, end_class) : known) === accepted;
  }

  /** Goes on without remembering anything. */
  function simulate(from: Remembered, text: string, start: number): boolean {
    let { members, before } = from;
    const last = text.length - 1;
    for (let index = start; index <= last; index += 1) {
      const point = text.codePointAt(index) ?? 0;
      if (point > 0xffff) index += 1;
      const after =
        point === 0x0a && index === last ? side.last_newline : (sides[classOf(point)] ?? side.other);
      const next = step(members, before, after, point);
      if (next === 'match') return true;
      if (next.length === 0 && program.anchored) return false;
      members = next;
      before = after === side.last_newline ? side.newline : after;
    }
    return step(members, before, side.edge, undefined) === 'match';
  }

  /** One step from a set of states over a character; new matches may begin at every place unless anchored. */
  function createStepper({ states, start, anchored }: Program) {
    const seen = new Uint32Array(states.length);
    let generation = 0;
    const stack: number[] = [];
    return (
      members: Int32Array,
      before: Side,
      after: Side,
      point: number | undefined,
    ): Int32Array | 'match' => {
      generation = (generation + 1) >>> 0;
      if (generation === 0) {
        seen.fill(0);
        generation = 1;
      }
      const next: number[] = [];
      for (const member of members) stack.push(member);
      while (stack.length > 0) {
        const index = stack.pop() ?? 0;
        if (seen[index] === generation) continue;
        seen[index] = generation;
        const state: State | undefined = states[index];
        if (state === undefined) continue;
        if (state.kind === 'match') {
          stack.length = 0;
          return 'match';
        }
        if (state.kind === 'split') stack.push(state.other, state.next);
        else if (state.kind === 'assertion') {
          if (asserts(state.assertion, before, after)) stack.push(state.next);
        } else if (point !== undefined && contains(state.set, point)) next.push(state.next);
      }
      if (!anchored && point !== undefined) next.push(start);
      if (next.length === 0) return noMembers;
      return Int32Array.from(new Set(next)).sort();
    };
  }

  return { test };
}

function asserts(assertion: Assertion, before: Side, after: Side): boolean {
  switch (assertion) {
    case 'text_start':
      return before === side.edge;
    case 'text_end':
      return after === side.edge;
    case 'text_end_or_last_newline':
      return after === side.edge || after === side.last_newline;
    case 'line_start':
      return before === side.edge || before === side.newline;
    case 'line_end':
      return after === side.edge || after === side.newline || after === side.last_newline;
    case 'word_boundary':
      return (before === side.word) !== (after === side.word);
    case 'not_word_boundary':
      return (before === side.word) === (after === side.word);
  }
}

function sideOf(point: number): Side {
  if (point === 0x0a) return side.newline;
  return contains(word, point) ? side.word : side.other;
}

/** Maps a code point to the number of its range: a table for ASCII, a search for the rest. */
function createClassifier(boundaries: readonly number[]): (point: number) => number {
  const ascii = new Uint16Array(128);
  const search = (point: number): number => {
    let low = 0;
    let high = boundaries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((boundaries[middle] ?? 0) <= point) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  for (let point = 0; point < 128; point += 1) ascii[point] = search(point);
  return (point) => (point < 128 ? (ascii[point] ?? 0) : search(point));
}
