import { testsOf } from '../compile/test.ts';
import type { CompiledRule } from '../set/rule-set.ts';
import { type AtomTable, createAtomTable } from './atom.ts';
import { costByUse } from './cost.ts';
import { createFieldIndex } from './field-index.ts';
import { createFieldWalker } from './field-tree.ts';
import { createLazyTests, lazyFields } from './lazy.ts';
import { accept, compileProgram } from './program.ts';
import { createFieldSlots } from './slots.ts';
import { visitTexts } from './texts.ts';
import { createWaitingLists } from './waiting.ts';
import { witnessesOf } from './witness.ts';

/** The index of the rules that can apply to one log source. One event at a time. */
export interface Route {
  /** The rules that match, in the order in which they were given. */
  match(document: object): readonly CompiledRule[];
  /** Rules that are run on every event, for want of a witness. */
  readonly unindexed: readonly CompiledRule[];
}

const none: readonly CompiledRule[] = [];
/** Marks are 32-bit; after this many events they begin anew. */
const mark_max = 0x7fff_ffff;

/**
 * Reads the fields that rules name once, notes every indexed atom that holds, and runs the rules that wait for one of
 * them.
 */
export function createRoute(rules: readonly CompiledRule[]): Route {
  const cost = costByUse(rules);
  const witnesses = rules.map(({ expression }) => witnessesOf(expression, cost));
  const tests = rules.flatMap(({ expression }) => testsOf(expression));
  const atoms = createAtomTable(
    tests,
    witnesses.flatMap((list) => list ?? []),
  );
  const { code, starts } = compileProgram(
    rules.map(({ expression }) => expression),
    atoms,
  );
  const waiting = createWaitingLists(atoms, witnesses);
  const always = witnesses.flatMap((list, rule) => (list === undefined ? [rule] : []));

  /** By atom: the mark of the last event in which it held; negative: in which a lazy one did not hold. */
  const seen = new Int32Array(atoms.indexed.length + atoms.lazy.length);
  /** By rule: the mark of the last event in which it became a candidate. */
  const proposed = new Int32Array(rules.length);
  const candidates: number[] = [];
  let mark = 0;

  function holds(atom: number): void {
    if (seen[atom] === mark) return;
    seen[atom] = mark;
    const end = waiting.ends[atom + 1] ?? 0;
    for (let index = waiting.ends[atom] ?? 0; index < end; index += 1) {
      const rule = waiting.rules[index] ?? 0;
      if (proposed[rule] === mark) continue;
      proposed[rule] = mark;
      candidates.push(rule);
    }
  }

  const slots = createFieldSlots(fieldNames(atoms), new Set(lazyFields(atoms.lazy)));
  const lazy = createLazyTests(atoms.lazy, slots);
  const keywords = createFieldIndex(undefined, atoms, holds);
  const fields = slots.names.map((name) => createFieldIndex(name, atoms, holds));
  const walk = createFieldWalker(slots.names, {
    present(field) {
      slots.setPresent(field);
      fields[field]?.present();
    },
    value(field, value) {
      slots.add(field, value);
      fields[field]?.value(value);
    },
  });
  const lazy_from = atoms.indexed.length;

  function run(rule: number, document: object): boolean {
    let place = starts[rule] ?? accept;
    while (place >= 0) {
      const atom = code[place] ?? 0;
      let truth = seen[atom] === mark;
      if (!truth && atom >= lazy_from && seen[atom] !== -mark) {
        truth = lazy(atom - lazy_from, document);
        seen[atom] = truth ? mark : -mark;
      }
      place = code[truth ? place + 1 : place + 2] ?? accept;
    }
    return place === accept;
  }

  function begin(): void {
    if (mark === mark_max) {
      seen.fill(0);
      proposed.fill(0);
      mark = 0;
    }
    mark += 1;
    slots.clear();
    candidates.length = 0;
    for (const rule of always) candidates.push(rule);
  }

  return {
    unindexed: always.flatMap((rule) => rules[rule] ?? []),
    match(document) {
      begin();
      walk(document);
      if (keywords.reads_text) {
        visitTexts(document, (text) => {
          keywords.text(text);
          return false;
        });
      }
      if (candidates.length === 0) return none;
      if (candidates.length > 1) candidates.sort((a, b) => a - b);
      let matches: CompiledRule[] | undefined;
      for (const rule of candidates) {
        const compiled = rules[rule];
        if (compiled !== undefined && run(rule, document)) (matches ??= []).push(compiled);
      }
      return matches ?? none;
    },
  };
}

function fieldNames(atoms: AtomTable): readonly string[] {
  const indexed = atoms.indexed.flatMap((atom) => atom.field ?? []);
  return [...new Set([...indexed, ...lazyFields(atoms.lazy)])];
}
