import { join } from 'node:path';
import { createMatcher, type ExportFilter } from '../evidence/filter.ts';
import { parseLeafView } from '../evidence/leaf-view.ts';
import { TreeReader } from '../proof.ts';
import type { LogRange } from './published-logs.ts';

/** How many leaves of the ranges a filter selects. */
export function countMatches(directory: string, ranges: readonly LogRange[], filter: ExportFilter): number {
  const matches = createMatcher(filter);
  let count = 0;
  for (const { log, size, range_first, range_next } of ranges) {
    for (const entry of new TreeReader(join(directory, log), size).entries(range_first, range_next)) {
      const text = entry.toString();
      const leaf = parseLeafView(text);
      if (leaf !== undefined && matches(leaf, text)) count += 1;
    }
  }
  return count;
}
