import type { EcsDocument } from '#shared/event/ecs.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { readValue, violationsOf } from './run.ts';
import { haveSamples, readSamples, samplesFolder } from './samples.ts';

/**
 * A table of what each format finds in the samples, as shares of its events: `node test/corpus/coverage.ts`. What
 * a tool does not write, no format can find; a column that drops means that something is no longer read.
 */
interface Row {
  samples: number;
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

function collect(): ReadonlyMap<string, Row> {
  const formats = allFormats();
  const rows = new Map<string, Row>();
  for (const { family, value } of readSamples()) {
    const { events } = readValue(value, family, formats[family]);
    const again = new Set(
      readValue(Buffer.concat([value, Buffer.from(' \n')]), family, formats[family]).events.map(
        ({ id }) => id,
      ),
    );
    for (const name of new Set(events.map(({ format }) => format))) {
      const key = `${family} ${name}`;
      const row = rows.get(key) ?? { samples: 0, events: [], own_key: 0, violations: 0 };
      rows.set(key, row);
      row.samples += 1;
      for (const event of events.filter(({ format }) => format === name)) {
        row.events.push(event);
        row.own_key += again.has(event.id) ? 1 : 0;
        row.violations += violationsOf(event).length;
      }
    }
  }
  return rows;
}

function line(key: string, { samples, events, own_key, violations }: Row): string {
  const share = (count: number): string => `${Math.round((100 * count) / events.length)} %`;
  const found = Object.values(columns).map((has) =>
    share(events.filter(({ document }) => has(document)).length),
  );
  return `| ${[key, samples, events.length, ...found, share(own_key), violations].join(' | ')} |`;
}

if (haveSamples) {
  const heads = ['format', 'samples', 'events', ...Object.keys(columns), 'own dedupe key', 'ECS violations'];
  process.stdout.write(`| ${heads.join(' | ')} |\n|${' --- |'.repeat(heads.length)}\n`);
  for (const [key, row] of collect()) process.stdout.write(`${line(key, row)}\n`);
} else {
  process.stdout.write(`skipped: no samples in ${samplesFolder}\n`);
}
