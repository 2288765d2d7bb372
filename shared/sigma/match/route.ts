import { testsOf } from '../compile/test.ts';
import type { CompiledRule } from '../set/rule-set.ts';
import { type AtomTable, createAtomTable } from './atom.ts';
import { costByUse } from './cost.ts';
import { EventField } from './event-field.ts';
import { type AtomHolds, FieldIndex } from './field-index.ts';
import { createFieldWalker } from './field-tree.ts';
import { createLazyTests, fieldsOfTest } from './lazy.ts';
import { accept, compileProgram } from './program.ts';
import { visitTexts } from './texts.ts';
import { createWaitingLists } from './waiting.ts';
import { witnessesOf } from './witness.ts';

/** The index of the rules that can apply to one log source. One event at a time. */
export interface Route {
  /** The rules that match, in the order in which they were given. */
  match(document: object): readonly CompiledRule[];
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

  const { fields, used, fieldOf } = createFields(atoms, holds);
  const walk = createFieldWalker(fields);
  const lazy = createLazyTests(atoms.lazy, fieldOf, new EventField('any text', undefined, used));
  const keywords = new FieldIndex(undefined, atoms, holds);
  const visitKeyword = (text: string): boolean => {
    keywords.text(text);
    return false;
  };
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
    for (const field of used) field.clear();
    used.length = 0;
    candidates.length = 0;
    for (const rule of always) candidates.push(rule);
  }

  return {
    match(document) {
      begin();
      walk(document);
      if (keywords.reads_text) visitTexts(document, visitKeyword);
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

/** The fields that rules name; only those that they wait for have an index. */
function createFields(atoms: AtomTable, holds: AtomHolds) {
  const awaited = new Set(atoms.indexed.flatMap(({ field }) => field ?? []));
  const names = new Set([...awaited, ...atoms.lazy.flatMap(fieldsOfTest)]);
  const used: EventField[] = [];
  const byName = new Map(
    [...names].map((name) => {
      const index = awaited.has(name) ? new FieldIndex(name, atoms, holds) : undefined;
      return [name, new EventField(name, index, used)];
    }),
  );
  const fieldOf = (name: string): EventField => {
    const field = byName.get(name);
    if (field === undefined) throw new TypeError(`a field that is not in the table: ${name}`);
    return field;
  };
  return { fields: [...byName.values()], used, fieldOf };
}
