import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NdjsonFile } from '../embedded/ndjson-file.ts';
import type { Backtest } from './run.ts';

/** The file by which a folder is known to hold a backtest. */
export const summary_file = 'backtest.json';

/** Writes the full lists: a summary, and one JSON object a line for each rule, signal and incident. */
export function writeBacktest(folder: string, result: Backtest): void {
  const { tallies, signal_changes, incident_changes, ...summary } = result;
  writeLines(join(folder, 'rules.ndjson'), tallies);
  writeLines(join(folder, 'signals.ndjson'), signal_changes);
  writeLines(join(folder, 'incidents.ndjson'), incident_changes);
  writeFileSync(join(folder, summary_file), `${JSON.stringify(summary, undefined, 2)}\n`);
}

function writeLines(file: string, rows: readonly object[]): void {
  const lines = new NdjsonFile(file);
  for (const row of rows) lines.write(JSON.stringify(row));
  lines.close();
}
