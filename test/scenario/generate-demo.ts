import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createScenario, type ScenarioOptions } from './scenario.ts';

export const demoFile = join(import.meta.dirname, '../fixtures/demo/stream.ndjson');
export const demoTruthFile = join(import.meta.dirname, '../fixtures/demo/truth.json');

/** One attack among 2,400 benign records of one hour. */
export const demoOptions: ScenarioOptions = {
  seed: 7,
  start_ms: Date.UTC(2026, 10, 16, 9, 0, 0),
  duration_ms: 60 * 60_000,
  benign_records: 2400,
  lateness_ms_max: 90_000,
  duplicates: 0.01,
};

/** The text of the two files; a test compares them with what is checked in. */
export function renderDemo(): { readonly stream: string; readonly truth: string } {
  const { lines, truth } = createScenario(demoOptions);
  return {
    stream: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
    truth: `${JSON.stringify(truth, null, 2)}\n`,
  };
}

if (import.meta.main) {
  const { stream, truth } = renderDemo();
  mkdirSync(dirname(demoFile), { recursive: true });
  writeFileSync(demoFile, stream);
  writeFileSync(demoTruthFile, truth);
}
