import { join } from 'node:path';
import { parseLeafView } from '../evidence/leaf-view.ts';
import { linesOf } from '../evidence/lines.ts';
import type { PlacedLeaf } from '../incident/report.ts';

/** The matching leaves that the listings of a bundle have, one by one, each with its place. */
export function* listedLeaves(folder: string): Generator<PlacedLeaf> {
  const records = linesOf(join(folder, 'records.ndjson'));
  for (const line of linesOf(join(folder, 'index.csv'))) {
    const [log = '', index = '', leaf_hash = '', status] = line.split(',');
    if (status !== 'match') continue;
    const record = records.next();
    const leaf = record.done === true ? undefined : parseLeafView(record.value);
    if (leaf !== undefined) yield { log, index: Number(index), leaf_hash, leaf };
  }
}
