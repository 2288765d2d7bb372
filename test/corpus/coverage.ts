import type { Family } from '#shared/avro/types.generated.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { readFixtures } from './fixtures.ts';
import { notEvents } from './not-events.ts';
import { readValue, violationsOf } from './run.ts';
import { haveSamples, readSamples, samplesFolder } from './samples.ts';

/**
 * A table of what each format finds in the samples, as shares of its events: `node test/corpus/coverage.ts`. What
 * a tool does not write, no format can find; a column that drops means that something is no longer read. Formats of which
 * there is no sample are shown by their fixtures.
 */
interface Row {
  samples: number;
  fixtures: number;
  readonly events: NormalisedEvent[];
  /** Events whose id does not depend on the bytes of the record: the tool's own key was used. */
  own_key: number;
  violations: number;
}

const columns: Readonly<Record<string, (document: EcsDocument) => boolean>> = {
  time: ({ breakwater }) => breakwater?.time?.source === 'tool',
  image: ({ container }) => container?.image !== undefined,
  container: ({ container }) => container?.id !== undefined,
  pod: ({ kubernetes, breakwater }) =>
    (kubernetes?.pod ?? breakwater?.source_pod ?? breakwater?.destination_pod) !== undefined,
  user: ({ user }) => (user?.name ?? user?.id ?? user?.email) !== undefined,
  addresses: ({ source, destination, client }) => (source ?? destination ?? client) !== undefined,
};

const formats = allFormats();

function collect(): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>(
    Object.entries(formats).flatMap(([family, some]) =>
      some.map(({ name }) => [
        `${family} ${name}`,
        { samples: 0, fixtures: 0, events: [], own_key: 0, violations: 0 },
      ]),
    ),
  );
  for (const { family, value } of readSamples()) {
    for (const row of addEvents(rows, family, value)) row.samples += 1;
  }
  const unsampled = new Set([...rows].filter(([, row]) => row.samples === 0).map(([key]) => key));
  for (const { family, format, value } of readFixtures()) {
    const key = `${family} ${format}`;
    const row = rows.get(key);
    if (row === undefined) continue;
    row.fixtures += 1;
    if (unsampled.has(key)) addEvents(rows, family, value);
  }
  return rows;
}

/** Adds the events of a record to the rows of their formats; returns those rows. */
function addEvents(rows: ReadonlyMap<string, Row>, family: Family, value: Buffer): readonly Row[] {
  const { events } = readValue(value, family, formats[family]);
  const retouched = Buffer.concat([value, Buffer.from(' \n')]);
  const again = new Set(readValue(retouched, family, formats[family]).events.map(({ id }) => id));
  return [...new Set(events.map(({ format }) => format))].flatMap((name) => {
    const row = rows.get(`${family} ${name}`);
    if (row === undefined) return [];
    for (const event of events.filter(({ format }) => format === name)) {
      row.events.push(event);
      row.own_key += again.has(event.id) ? 1 : 0;
      row.violations += violationsOf(event).length;
    }
    return [row];
  });
}

function line(key: string, { samples, fixtures, events, own_key, violations }: Row): string {
  const share = (count: number): string =>
    events.length === 0 ? '–' : `${Math.round((100 * count) / events.length)} %`;
  const found = Object.values(columns).map((has) =>
    share(events.filter(({ document }) => has(document)).length),
  );
  return `| ${[key, samples, fixtures, events.length, ...found, share(own_key), violations].join(' | ')} |`;
}

if (haveSamples) {
  const heads = [
    'format',
    'samples',
    'fixtures',
    'events',
    ...Object.keys(columns),
    'own dedupe key',
    'ECS violations',
  ];
  process.stdout.write(`| ${heads.join(' | ')} |\n|${' --- |'.repeat(heads.length)}\n`);
  for (const [key, row] of collect()) process.stdout.write(`${line(key, row)}\n`);
  process.stdout.write('\nSamples that give no event:\n\n');
  for (const [name, reason] of notEvents) process.stdout.write(`- ${name}: ${reason}\n`);
} else {
  process.stdout.write(`skipped: no samples in ${samplesFolder}\n`);
}
