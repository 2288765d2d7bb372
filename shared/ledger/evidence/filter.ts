/**
 * What an export selects. A filter looks at the leaf alone, so that anyone who has the leaves can apply it again and see
 * that nothing was left out.
 */
export interface ExportFilter {
  /** ISO 8601, inclusive, on the time of what happened. */
  readonly from?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly until?: string | undefined;
  /** Record types; `batch.*` stands for a family. Any of them. */
  readonly types?: readonly string[] | undefined;
  readonly outcome?: string | undefined;
  /** Exact values of facts; all of them. A value may be one of several names that the fact lists. */
  readonly facts?: Readonly<Record<string, string>> | undefined;
  /** Text that the leaf contains, letter for letter. */
  readonly text?: string | undefined;
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

export function matches(filter: ExportFilter, leaf: LeafView, text: string): boolean {
  const time_us = BigInt(leaf.time_us);
  if (filter.from !== undefined && time_us < microseconds(filter.from)) return false;
  if (filter.until !== undefined && time_us >= microseconds(filter.until)) return false;
  if (filter.outcome !== undefined && leaf.outcome !== filter.outcome) return false;
  if (filter.types !== undefined && !filter.types.some((type) => isOfType(leaf.type, type))) return false;
  if (filter.text !== undefined && !text.includes(filter.text)) return false;
  return Object.entries(filter.facts ?? {}).every(
    ([fact, value]) => leaf.facts[fact]?.split(' ').includes(value) === true,
  );
}

function isOfType(type: string, pattern: string): boolean {
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

function microseconds(iso: string): bigint {
  return BigInt(Date.parse(iso)) * 1000n;
}
