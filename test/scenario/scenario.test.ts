import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createScenario } from './scenario.ts';
import { demoFile, demoOptions, demoTruthFile, renderDemo } from './generate-demo.ts';

describe('scenarios', () => {
  it('are the same bytes for the same options, and others for another seed', () => {
    const small = { ...demoOptions, benign_records: 50 };
    expect(createScenario(small)).toEqual(createScenario(small));
    expect(createScenario({ ...small, seed: 8 })).not.toEqual(createScenario(small));
  });

  it('hold every attack record, in order of arrival', () => {
    const { lines, truth } = createScenario({ ...demoOptions, benign_records: 10 });
    expect(lines.map((line) => line.timestamp)).toEqual(
      lines.map((line) => line.timestamp).toSorted((a, b) => a - b),
    );
    expect(truth.events.length).toBeGreaterThanOrEqual(14);
    expect(truth.key_events.length).toBeGreaterThanOrEqual(6);
  });

  it('made the demo files as they are checked in', () => {
    const { stream, truth } = renderDemo();
    expect(readFileSync(demoFile, 'utf8') === stream).toBe(true);
    expect(readFileSync(demoTruthFile, 'utf8')).toBe(truth);
  });
});
