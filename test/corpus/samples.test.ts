import { describe, expect, test } from 'vitest';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { notEvents } from './not-events.ts';
import { readValue, violationsOf } from './run.ts';
import { haveSamples, readSamples, samplesFolder } from './samples.ts';

const formats = allFormats();
const samples = haveSamples ? readSamples() : [];
if (!haveSamples) {
  process.stderr.write(
    `SKIPPED: no samples in ${samplesFolder}; set BREAKWATER_SHARED to the folder that holds them\n`,
  );
}

describe.skipIf(!haveSamples)('real output of the tools', () => {
  test.each(samples)('$name', ({ name, family, value }) => {
    const { events, rejected } = readValue(value, family, formats[family]);
    expect(events.flatMap(violationsOf)).toEqual([]);
    const reason = notEvents.get(name);
    if (reason !== undefined) expect(events, `read now: take it off the list (${reason})`).toHaveLength(0);
    else
      expect(
        events.length,
        rejected.map(({ reason, detail }) => `${reason}: ${detail}`).join(', '),
      ).toBeGreaterThan(0);
  });

  test('the list of exceptions names files that exist', () => {
    const names = new Set(samples.map(({ name }) => name));
    expect([...notEvents.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});
