import { fold } from '../fold.ts';

/** Code points as sorted, disjoint, inclusive ranges: `[low, high, low, high, …]`. */
export type CharSet = readonly number[];

const last_code_point = 0x10ffff;

export function setOf(...codePoints: readonly number[]): CharSet {
  return union(codePoints.map((point) => [point, point]));
}

/** The union of sets, whatever their order and overlap. */
export function union(sets: readonly CharSet[]): CharSet {
  const ranges: [number, number][] = [];
  for (const set of sets) {
    for (let index = 0; index < set.length; index += 2) ranges.push([set[index] ?? 0, set[index + 1] ?? 0]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [low, high] of ranges) {
    const end = joined.at(-1);
    if (end !== undefined && low <= end + 1) joined[joined.length - 1] = Math.max(end, high);
    else joined.push(low, high);
  }
  return joined;
}

export function complement(set: CharSet): CharSet {
  const result: number[] = [];
  let low = 0;
  for (let index = 0; index < set.length; index += 2) {
    if ((set[index] ?? 0) > low) result.push(low, (set[index] ?? 0) - 1);
    low = (set[index + 1] ?? 0) + 1;
  }
  if (low <= last_code_point) result.push(low, last_code_point);
  return result;
}

export function contains(set: CharSet, point: number): boolean {
  for (let index = 0; index < set.length; index += 2) {
    if (point < (set[index] ?? 0)) return false;
    if (point <= (set[index + 1] ?? 0)) return true;
  }
  return false;
}

/** The set with every other case of its members: what `i` means. */
export function ignoringCase(set: CharSet): CharSet {
  const added: CharSet[] = [set];
  for (const group of caseGroups()) {
    if (group.some((point) => contains(set, point))) added.push(setOf(...group));
  }
  return union(added);
}

let groups: readonly (readonly number[])[] | undefined;

/** Characters that fold to one another; made once, at the first rule that needs it. */
function caseGroups(): readonly (readonly number[])[] {
  if (groups !== undefined) return groups;
  const byFold = new Map<string, number[]>();
  const cased_code_points_max = 0x1e943;
  for (let point = 0; point <= cased_code_points_max; point += 1) {
    const character = String.fromCodePoint(point);
    const folded = fold(character);
    if (folded === character || Array.from(folded).length !== 1) continue;
    const members = byFold.get(folded) ?? [folded.codePointAt(0) ?? 0];
    members.push(point);
    byFold.set(folded, members);
  }
  groups = [...byFold.values()];
  return groups;
}

export const digits: CharSet = [0x30, 0x39];
export const word: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** Tab to carriage return, space, and the Unicode spaces. */
export const space: CharSet = union([
  [0x09, 0x0d],
  setOf(0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000),
  [0x2000, 0x200a],
]);
export const horizontalSpace: CharSet = setOf(0x09, 0x20, 0xa0);
export const newline: CharSet = [0x0a, 0x0a];
export const everything: CharSet = [0, last_code_point];

/** POSIX classes, as in `[[:alpha:]]`; ASCII. */
export const posixClasses: ReadonlyMap<string, CharSet> = new Map([
  ['alpha', [0x41, 0x5a, 0x61, 0x7a]],
  ['digit', digits],
  ['alnum', [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a]],
  ['upper', [0x41, 0x5a]],
  ['lower', [0x61, 0x7a]],
  ['space', [0x09, 0x0d, 0x20, 0x20]],
  ['blank', [0x09, 0x09, 0x20, 0x20]],
  ['punct', [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e]],
  ['xdigit', [0x30, 0x39, 0x41, 0x46, 0x61, 0x66]],
  ['word', word],
  ['print', [0x20, 0x7e]],
  ['graph', [0x21, 0x7e]],
  ['cntrl', [0x00, 0x1f, 0x7f, 0x7f]],
]);
