/** Conditions on one leaf; all of those that are given must hold. */
export interface Selection {
  /** ISO 8601, inclusive, on the time of what happened. */
  readonly from?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly until?: string | undefined;
  /** Record types; `batch.*` stands for a family. Any of them. */
  readonly types?: readonly string[] | undefined;
  readonly outcome?: string | undefined;
  /**
   * Values of facts; all facts, each with the value or one of the values. A fact that lists several names has each of
   * them as a value.
   */
  readonly facts?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Text that the leaf contains, letter for letter. */
  readonly text?: string | undefined;
}

/**
 * What an export selects. A filter looks at the leaf alone, so that anyone who has the leaves can apply it again and see
 * that nothing was left out.
 */
export interface ExportFilter extends Selection {
  /** Of each group, one selection must hold too. */
  readonly one_of?: readonly (readonly Selection[])[] | undefined;
}

/** The part of a leaf that filters and columns look at. */
export interface LeafView {
  readonly facts: Readonly<Record<string, string>>;
  readonly outcome: string;
  readonly producer: string;
  readonly received_us: string;
  readonly sequence: string;
  readonly tenant: string;
  readonly time_us: string;
  readonly type: string;
  readonly body?: { readonly commitment: string };
}

/** Whether a filter selects a leaf; `text` is the leaf as it was written. */
export type Matcher = (leaf: LeafView, text: string) => boolean;

export function createMatcher({ one_of = [], ...selection }: ExportFilter): Matcher {
  const holds = createSelection(selection);
  const groups = one_of.map((group) => group.map(createSelection));
  return (leaf, text) => holds(leaf, text) && groups.every((group) => group.some((one) => one(leaf, text)));
}

function createSelection(selection: Selection): Matcher {
  const { from, until, types, outcome, text: contained } = selection;
  const conditions: Matcher[] = [];
  if (from !== undefined) {
    const first_us = microseconds(from);
    conditions.push((leaf) => BigInt(leaf.time_us) >= first_us);
  }
  if (until !== undefined) {
    const end_us = microseconds(until);
    conditions.push((leaf) => BigInt(leaf.time_us) < end_us);
  }
  if (types !== undefined) conditions.push((leaf) => types.some((type) => isOfType(leaf.type, type)));
  if (outcome !== undefined) conditions.push((leaf) => leaf.outcome === outcome);
  for (const [fact, wanted] of Object.entries(selection.facts ?? {})) {
    const values = new Set(typeof wanted === 'string' ? [wanted] : wanted);
    conditions.push(({ facts }) => valuesOf(facts, fact).some((value) => values.has(value)));
  }
  if (contained !== undefined) conditions.push((_leaf, text) => text.includes(contained));
  return (leaf, text) => conditions.every((condition) => condition(leaf, text));
}

/** Names come from outside: `constructor` is no fact unless a leaf has it. */
function valuesOf(facts: LeafView['facts'], fact: string): readonly string[] {
  return Object.hasOwn(facts, fact) ? (facts[fact] ?? '').split(' ') : [];
}

function isOfType(type: string, pattern: string): boolean {
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

function microseconds(iso: string): bigint {
  return BigInt(Date.parse(iso)) * 1000n;
}

/** Whether a value is a filter all of which is understood: a condition that a reader ignored would select too much. */
export function isFilter(value: unknown): value is ExportFilter {
  if (!isObject(value)) return false;
  const { one_of = [], ...selection } = value;
  if (!Array.isArray(one_of) || !isSelection(selection)) return false;
  return one_of.every((group) => Array.isArray(group) && group.every(isSelection));
}

function isSelection(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { from, until, types, outcome, facts, text, ...unknown } = value;
  if (Object.keys(unknown).length > 0) return false;
  if (![from, until].every((time) => time === undefined || isTime(time))) return false;
  if (![outcome, text].every((word) => word === undefined || typeof word === 'string')) return false;
  if (types !== undefined && !isTexts(types)) return false;
  return (
    facts === undefined ||
    (isObject(facts) && Object.values(facts).every((fact) => typeof fact === 'string' || isTexts(fact)))
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
