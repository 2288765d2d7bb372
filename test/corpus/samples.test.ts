import { describe, expect, test } from 'vitest';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { notEvents } from './not-events.ts';
import { readValue, violationsOf } from './run.ts';
import { haveSamples, readSamples, type Sample, samplesFolder } from './samples.ts';

const formats = allFormats();
const samples = haveSamples ? readSamples() : [];
if (!haveSamples) {
  process.stderr.write(
    `SKIPPED: no samples in ${samplesFolder}; set BREAKWATER_SHARED to the folder that holds them\n`,
  );
}

/** Tools of which no sample at all is read have no format yet: that is said, and is not a regression. */
function unreadTools(): ReadonlySet<string> {
  const tools = new Set(samples.map(toolOf));
  for (const sample of samples) {
    if (readValue(sample.value, sample.family, formats[sample.family]).events.length > 0)
      tools.delete(toolOf(sample));
  }
  return tools;
}

function toolOf({ family, tool }: Sample): string {
  return `${family}/${tool}`;
}

describe.skipIf(!haveSamples)('real output of the tools', () => {
  const unread = unreadTools();
  if (unread.size > 0) process.stderr.write(`no format reads: ${[...unread].join(', ')}\n`);

  test.each(samples.filter((sample) => !unread.has(toolOf(sample))))('$name', ({ name, family, value }) => {
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
